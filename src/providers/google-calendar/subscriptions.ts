import { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import { isLoopback } from '../../core/judge-endpoints.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import { askGoogle } from '../google/ask-google.ts'
import type { AccountContext, GotSubscription, Subscriptions, WantedSubscription } from '../provider.ts'
import { targetOf } from './target.ts'

/** More is never given for the events of a calendar; less may be. */
const MAX_LIFETIME_MS = 7 * 24 * 3_600_000

/**
 * Push channels of a calendar's events. There is no way to make one longer or to list those that there are: each is made
 * anew, and what is known of it must be kept.
 */
export const subscriptions: Subscriptions = {
  maxLifetimeMs: MAX_LIFETIME_MS,
  renewal: 'recreate',
  addressFor: (_resource, _account, webhookUrl) => (webhookUrl !== null && isReachable(webhookUrl) ? webhookUrl : null),
  create,
  stop,
  origin,
  // The first message of a channel: we were reached, and nothing has changed.
  isProof: ({ kind }) => kind === 'sync',
}

async function create(
  ctx: AccountContext,
  resource: Resource,
  { id, address, secret, expiresAt }: WantedSubscription,
): Promise<GotSubscription> {
  const body = {
    id,
    type: 'web_hook',
    address,
    token: secret,
    expiration: String(expiresAt),
  }
  const path = `/calendar/v3/calendars/${encodeURIComponent(targetOf(resource))}/events/watch`
  try {
    const got = await askGoogle(ctx, { operation: 'events.watch', method: 'POST', path, body }, channelSchema)
    return { remoteId: got.resourceId, expiresAt: got.expiration ?? expiresAt }
  } catch (thrown) {
    throw refine(thrown)
  }
}

/** A text of ms; some answers of old have a number. */
const instant = z.union([z.string().regex(/^\d{1,15}$/), z.number().int().positive()]).transform(Number)
const channelSchema = z.object({ resourceId: z.string().min(1), expiration: instant.optional() })

/** What a person can do about it. */
function refine(thrown: unknown): unknown {
  if (!(thrown instanceof EcError)) return thrown
  const hint = HINTS.get(String(thrown.details['google_reason']))
  if (hint === undefined) return thrown
  return new EcError(thrown.code, thrown.message, { hint, cause: thrown, details: thrown.details })
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['webhookUrlNotHttps', 'set `public.url` to an https address whose certificate everybody trusts'],
  [
    'webhookUrlUnauthorized',
    'verify the domain of `public.url` in the Google Cloud console, under Domain verification',
  ],
  // An id of ours is never used for two channels, so that a request whose answer was lost has come a second time.
  ['channelIdNotUnique', 'nothing: the channel was made before, and the next one takes its place'],
])

/** Whatever Google no longer knows delivers nothing any more, sooner or later. */
async function stop(
  ctx: AccountContext,
  _resource: Resource,
  { id, remoteId }: { readonly id: string; readonly remoteId: string | null },
): Promise<void> {
  // Without it nobody can stop the channel: it ends by itself.
  if (remoteId === null) return
  const body = { id, resourceId: remoteId }
  const request = { operation: 'channels.stop', method: 'POST', path: '/calendar/v3/channels/stop', body } as const
  try {
    await askGoogle(ctx, request, z.unknown())
  } catch (thrown) {
    if (!(thrown instanceof EcError && isGone(thrown))) throw thrown
  }
}

function isGone({ code, details }: EcError): boolean {
  return code === 'EC_ACCOUNT_SIGNED_OUT' || [401, 404, 410].includes(Number(details['google_status']))
}

function origin({ headers }: NotificationRecord): { readonly id: string; readonly remoteId: string | null } | null {
  const id = headers?.['x-goog-channel-id']
  if (id === undefined || id === '') return null
  return { id, remoteId: headers?.['x-goog-resource-id'] || null }
}

/** Google delivers to https alone, with a certificate that everybody trusts; the sandbox to this machine too. */
function isReachable(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}
