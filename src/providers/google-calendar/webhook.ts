import { cleanLine } from '../../core/clean-text.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import { isSharedSecret } from '../../core/shared-secret.ts'
import type { ParseResult, Verdict } from '../provider.ts'

/**
 * Google signs nothing: it sends back the token that the channel was made with. Channel and resource are checked too
 * when they are known, so that one token used for several channels still tells them apart.
 * https://developers.google.com/workspace/calendar/api/guides/push
 */
export function verify(request: RawRequest, secrets: readonly string[], resource: Resource): Verdict {
  const token = request.headers['x-goog-channel-token']
  if (token === undefined) {
    return missing(
      'header X-Goog-Channel-Token is missing; Google sends it when the channel was made with a `token`: ' +
        'make the channel again, with the secret of this resource as its token',
    )
  }
  if (!isSharedSecret(token, secrets)) {
    const which = secrets.length === 1 ? 'the secret of the resource' : `any of the ${secrets.length} secrets`
    return invalid(`header X-Goog-Channel-Token has ${token.length} characters, but is not ${which}`)
  }
  return (
    checkSetting(request, resource, 'X-Goog-Channel-ID', 'channel_id') ??
    checkSetting(request, resource, 'X-Goog-Resource-ID', 'google_resource_id') ?? { ok: true }
  )
}

/** Whether a request by an older path is of the resource's channel, when that is known. */
export function concerns(request: RawRequest, resource: Resource): boolean {
  const channels = listOf(resource.settings['channel_id'])
  return channels.length === 0 || channels.includes(request.headers['x-goog-channel-id'] ?? '')
}

/**
 * Channel and message number are the key. The numbers grow with gaps, so they say nothing but what is the same. A state
 * that Google does not document is taken for a change: a refusal would lose the signal for good, as Google drops what
 * gets a 4xx, while one read too many costs nothing.
 */
export function parse({ headers }: RawRequest): ParseResult {
  const channel = headers['x-goog-channel-id']
  if (channel === undefined) return malformed('header X-Goog-Channel-ID is missing')
  if (!CHANNEL.test(channel)) return malformed('header X-Goog-Channel-ID should have 1 to 256 visible characters')
  const number = headers['x-goog-message-number']
  if (number === undefined) return malformed('header X-Goog-Message-Number is missing')
  if (!NUMBER.test(number)) return malformed('header X-Goog-Message-Number should be a whole number')
  const kind = headers['x-goog-resource-state']
  if (kind === undefined) return malformed('header X-Goog-Resource-State is missing')
  if (!STATE.test(kind)) return malformed('header X-Goog-Resource-State should be a word as "sync" or "exists"')
  return { ok: true, items: [{ key: `${channel}:${number}`, kind }] }
}

/** Google documents at most 64 characters for an id; a longer one is no reason to lose a signal. */
const CHANNEL = /^[\x21-\x7e]{1,256}$/
const NUMBER = /^\d{1,20}$/
const STATE = /^[a-z][a-z0-9_]{0,63}$/

function checkSetting(request: RawRequest, resource: Resource, header: string, setting: string): Verdict | null {
  const wanted = listOf(resource.settings[setting])
  if (wanted.length === 0) return null
  const found = request.headers[header.toLowerCase()]
  if (found === undefined) return missing(`header ${header} is missing; the resource has the setting "${setting}"`)
  if (wanted.includes(found)) return null
  return invalid(
    `header ${header} is "${cleanLine(found, 80)}", which is not what the setting "${setting}" of the resource says`,
  )
}

/** Several, while a channel is replaced by its successor: both deliver for a time. */
function listOf(setting: string | undefined): readonly string[] {
  return (setting ?? '')
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

function missing(detail: string): Verdict {
  return { ok: false, code: 'EC_SIGNATURE_MISSING', detail }
}

function invalid(detail: string): Verdict {
  return { ok: false, code: 'EC_SIGNATURE_INVALID', detail }
}

function malformed(detail: string): ParseResult {
  return { ok: false, detail }
}
