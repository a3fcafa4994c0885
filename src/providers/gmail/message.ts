import { isRecord, peekString, type JsonRecord } from '../../core/peek.ts'
import { decodeBody, parseJsonObject } from '../../core/webhook-body.ts'

/** What Gmail says, and what Pub/Sub says of the message that brought it; '' for what is not told. */
export interface MailMessage {
  readonly email: string
  /** Where the mailbox stands now. Digits: it may be larger than a number can hold. */
  readonly historyId: string
  readonly messageId: string
  /** RFC 3339 */
  readonly publishedAt: string
  readonly subscription: string
}

export type ReadMessage =
  { readonly ok: true; readonly message: MailMessage } | { readonly ok: false; readonly detail: string }

type Headers = Readonly<Record<string, string>>

/**
 * Reads a push of Pub/Sub in either form: the usual envelope, or with payload unwrapping the data alone, with the
 * envelope in headers. Never throws.
 * https://docs.cloud.google.com/pubsub/docs/payload-unwrapping
 */
export function readMessage(body: Uint8Array, headers: Headers | null): ReadMessage {
  const text = decodeBody(body)
  if (text === null) return fail('the body is not UTF-8')
  const parsed = parseJsonObject(text, 'the body')
  if (!parsed.ok) return parsed
  const { message } = parsed.value
  if (isRecord(message)) return readEnvelope(message, parsed.value)
  return readData(text, 'the body', {
    messageId: messageIdOf(headers?.['x-goog-pubsub-message-id']),
    publishedAt: headers?.['x-goog-pubsub-publish-time'] ?? '',
    subscription: headers?.['x-goog-pubsub-subscription-name'] ?? '',
  })
}

type Envelope = Pick<MailMessage, 'messageId' | 'publishedAt' | 'subscription'>

function readEnvelope(message: JsonRecord, body: JsonRecord): ReadMessage {
  const data = message['data']
  if (typeof data !== 'string' || data === '') return fail('the message of Pub/Sub has no data')
  // Standard and URL-safe alike; Node's decoder takes both, and anything else too.
  if (!BASE64.test(data)) return fail('the data of the message is not base64')
  const text = decodeBody(Buffer.from(data, 'base64'))
  if (text === null) return fail('the data of the message is not UTF-8')
  return readData(text, 'the data of the message', {
    messageId: messageIdOf(message['messageId']) || messageIdOf(message['message_id']),
    publishedAt: peekString(message, 'publishTime') || peekString(message, 'publish_time'),
    subscription: peekString(body, 'subscription'),
  })
}

function readData(text: string, what: string, envelope: Envelope): ReadMessage {
  const parsed = parseJsonObject(text, what)
  if (!parsed.ok) return parsed
  const email = peekString(parsed.value, 'emailAddress')
  if (email.length > MAX_EMAIL || !EMAIL.test(email)) return fail(`${what} names no mailbox in "emailAddress"`)
  const historyId = historyIdOf(parsed.value['historyId'], text)
  if (historyId === null) return fail(`${what} has no whole number in "historyId"`)
  return { ok: true, message: { email, historyId, ...envelope } }
}

/** Digits as they stand in the text, since JSON's parser rounds a number of more than 2^53. */
function historyIdOf(value: unknown, text: string): string | null {
  if (typeof value === 'string') return DIGITS.test(value) ? value : null
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) return null
  if (Number.isSafeInteger(value)) return String(value)
  // Within a string the quotes would be escaped, so this finds members alone; of several, that which the parser took.
  const written = [...text.matchAll(/"historyId"\s*:\s*(\d{1,40})(?=\s*[,}])/g)].map(([, digits]) => digits ?? '')
  return written.findLast(digits => Number(digits) === value) ?? null
}

function messageIdOf(value: unknown): string {
  return typeof value === 'string' && MESSAGE_ID.test(value) ? value : ''
}

function fail(detail: string): ReadMessage {
  return { ok: false, detail }
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/
const DIGITS = /^\d{1,40}$/
const MESSAGE_ID = /^[\x21-\x7e]{1,256}$/
const MAX_EMAIL = 320
const EMAIL = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u
