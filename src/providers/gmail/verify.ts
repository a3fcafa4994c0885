import { compactVerify, type CryptoKey } from 'jose'
import { LRUCache } from 'lru-cache'
import type { RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { Verdict, VerifyContext } from '../provider.ts'
import { audiencesOf } from './audience.ts'
import { readBearer } from './bearer.ts'
import { findFault } from './claims.ts'
import { readKeySet, type KeySet } from './key-set.ts'
import { publishedKeys } from './published-keys.ts'

const GOOGLE_CERTS_URL = 'https://www.googleapis.com/oauth2/v3/certs'

/**
 * Checks the token that Pub/Sub sends along: Google's signature, then for whom, of whom and until when it is. The body
 * is not covered by it; TLS alone guards that.
 * https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 */
export async function verify(
  request: RawRequest,
  _secrets: readonly string[],
  resource: Resource,
  now: number,
  ctx: VerifyContext,
): Promise<Verdict> {
  const bearer = readBearer(request.headers['authorization'])
  if (!bearer.ok) return bearer
  const { token, kid } = bearer
  const found = await findKey(kid, resource, now, ctx)
  if (typeof found === 'string') return invalid(found)
  const claims = await openToken(token, found)
  if (claims === null) return invalid('the token is not signed with the key that it names')
  const fault = findFault(claims, {
    audiences: audiencesOf(resource, ctx.webhookUrl),
    serviceAccount: resource.settings['service_account']?.trim() ?? '',
    now,
  })
  return fault === null ? { ok: true } : invalid(fault)
}

/** The key, or why there is none. */
async function findKey(kid: string, resource: Resource, now: number, ctx: VerifyContext): Promise<CryptoKey | string> {
  const own = resource.settings['keys']
  if (own !== undefined && own !== '') {
    const keys = await ownKeys(own)
    if (keys === null) return 'the setting "keys" of the resource is no JWKS with an RSA key'
    return keys.get(kid) ?? 'the token names a key that is not in the setting "keys" of the resource'
  }
  const published = publishedKeys(ctx.endpoints.googleCertsUrl ?? GOOGLE_CERTS_URL)
  return (await published.find(kid, now, ctx.fetch)) ?? 'the token names a key that Google does not publish'
}

const known = new LRUCache<string, Promise<KeySet | null>>({ max: 64 })

/** Read once for each text: a key is dear to import. */
function ownKeys(text: string): Promise<KeySet | null> {
  const before = known.get(text)
  if (before !== undefined) return before
  const made = readKeySet(text)
  known.set(text, made)
  return made
}

/** What the token says, if this key signed it; null when it did not. */
async function openToken(token: string, key: CryptoKey): Promise<unknown> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ['RS256'] })
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return null
  }
}

function invalid(detail: string): Verdict {
  return { ok: false, code: 'EC_SIGNATURE_INVALID', detail }
}
