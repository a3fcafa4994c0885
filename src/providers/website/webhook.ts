import { cleanLine } from '../../core/clean-text.ts'
import type { RawRequest } from '../../core/notification.ts'
import { peekString } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { webhookSignature } from '../../core/standard-webhook.ts'
import { decodeBody, parseJsonObject, type WebhookBody } from '../../core/webhook-body.ts'
import type { ParseResult, Verdict } from '../provider.ts'
import { keysOf } from './secret.ts'
import { isSame, readSignatures } from './signature.ts'

const TOLERANCE_S = 300
const ID = /^[!-~]{1,200}$/
const TIMESTAMP = /^\d{1,12}$/

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function verify(request: RawRequest, secrets: readonly string[], _resource: Resource, now: number): Verdict {
  const { headers, body } = request
  const id = headers['webhook-id']
  const timestamp = headers['webhook-timestamp']
  const signature = headers['webhook-signature']
  if (id === undefined) return missing('webhook-id')
  if (timestamp === undefined) return missing('webhook-timestamp')
  if (signature === undefined) return missing('webhook-signature')
  if (!ID.test(id)) return invalid('header webhook-id should be 1 to 200 visible ASCII characters')
  if (!TIMESTAMP.test(timestamp)) return invalid('header webhook-timestamp should be seconds since 1970')
  const given = readSignatures(signature)
  if (given.length === 0) {
    return invalid('header webhook-signature should be "v1," and the base64 of 32 bytes, or several of these')
  }
  const right = secrets.flatMap(keysOf).map(key => webhookSignature(key, id, timestamp, body))
  // All are compared, so that how long it takes does not tell which one fits.
  const fitting = right.filter(one => given.filter(other => isSame(one, other)).length > 0)
  if (fitting.length === 0) return invalid(sayWrong(given.length, body, secrets))
  return checkAge(Number(timestamp), now)
}

/** In both directions, as the specification has it: older may be a replay, newer is a clock that cannot be trusted. */
function checkAge(timestamp: number, now: number): Verdict {
  const skew = Math.floor(now / 1000) - timestamp
  if (Math.abs(skew) <= TOLERANCE_S) return { ok: true }
  const seconds = Math.abs(skew).toLocaleString('en-US')
  const side = skew > 0 ? 'behind' : 'ahead of'
  return invalid(
    `the signature fits, but header webhook-timestamp is ${seconds} seconds ${side} the clock here; ` +
      `at most ${TOLERANCE_S} are taken`,
  )
}

/** `webhook-id` is the key: it stays the same when the sender tries again. */
export function parse({ headers, body }: RawRequest): ParseResult {
  const key = headers['webhook-id'] ?? ''
  if (!ID.test(key)) return { ok: false, detail: 'header webhook-id should be 1 to 200 visible ASCII characters' }
  const payload = readPayload(body)
  if (!payload.ok) return payload
  const kind = cleanLine(peekString(payload.value, 'type'), MAX_KIND)
  if (kind === '') return { ok: false, detail: 'the body has no "type", as content.updated' }
  return { ok: true, items: [{ key, kind }] }
}

const MAX_KIND = 120

/** Never throws. */
export function readPayload(body: Uint8Array): WebhookBody {
  const text = decodeBody(body)
  return text === null ? { ok: false, detail: 'the body is not UTF-8' } : parseJsonObject(text, 'the body')
}

function sayWrong(count: number, body: Uint8Array, secrets: readonly string[]): string {
  const signatures = count === 1 ? 'the signature' : `none of the ${count} signatures`
  const bytes = body.byteLength.toLocaleString('en-US')
  const under = secrets.length === 1 ? 'the secret of the resource' : `any of the ${secrets.length} secrets`
  const verb = count === 1 ? 'is not' : 'is'
  return `${signatures} in header webhook-signature ${verb} that of the ${bytes} bytes received under ${under}`
}

function missing(name: string): Verdict {
  return { ok: false, code: 'EC_SIGNATURE_MISSING', detail: `header ${name} is missing` }
}

function invalid(detail: string): Verdict {
  return { ok: false, code: 'EC_SIGNATURE_INVALID', detail }
}
