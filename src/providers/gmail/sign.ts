import { importJWK, SignJWT, type CryptoKey } from 'jose'
import { EcError, toEcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import { isRecord, peekString, type JsonRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import type { SignedRequest } from '../provider.ts'

const LIFETIME_S = 3600

/**
 * Makes the token that Pub/Sub would send, valid for an hour from `now`. Nobody but Google has Google's key: the secret
 * is a private RSA key (JWK) whose public half stands in the setting `keys` of the resource. `EC_SECRET_MISSING` without
 * one, `EC_FIELD_INVALID` without the settings `audience` and `service_account`.
 */
export async function sign(
  _request: RawRequest,
  [secret]: readonly string[],
  { settings }: Resource,
  now: number,
): Promise<SignedRequest> {
  const jwk = readPrivateKey(secret)
  const email = needed(settings, 'service_account')
  const issuedAt = Math.floor(now / 1000)
  const token = await new SignJWT({ azp: email, email, email_verified: true, sub: email })
    .setProtectedHeader({ alg: 'RS256', kid: peekString(jwk, 'kid'), typ: 'JWT' })
    .setIssuer('https://accounts.google.com')
    .setAudience(needed(settings, 'audience'))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_S)
    .sign(await importKey(jwk))
  return { headers: { authorization: `Bearer ${token}` } }
}

function readPrivateKey(secret: string | undefined): JsonRecord {
  try {
    const value: unknown = JSON.parse(secret ?? '')
    if (isRecord(value) && peekString(value, 'd') !== '' && peekString(value, 'kid') !== '') return value
  } catch {
    // Said below: whatever else it is, it is not such a key.
  }
  throw new EcError(
    'EC_SECRET_MISSING',
    'a Gmail notification is signed with a private RSA key, a JWK with its `kid`',
    {
      hint: 'give the key whose public half stands in the setting `keys` of the resource',
    },
  )
}

async function importKey(jwk: JsonRecord): Promise<CryptoKey> {
  const part = (name: string): string => peekString(jwk, name)
  const primes = { p: part('p'), q: part('q'), dp: part('dp'), dq: part('dq'), qi: part('qi') }
  try {
    return await importJWK({ kty: 'RSA', n: part('n'), e: part('e'), d: part('d'), ...primes }, 'RS256')
  } catch (thrown) {
    throw new EcError('EC_SECRET_MISSING', 'the secret is no private RSA key that can be read', {
      cause: toEcError(thrown),
    })
  }
}

function needed(settings: Resource['settings'], name: string): string {
  const value = settings[name]?.trim() ?? ''
  if (value !== '') return value
  throw new EcError('EC_FIELD_INVALID', `a Gmail notification cannot be signed without the setting ${name}`)
}
