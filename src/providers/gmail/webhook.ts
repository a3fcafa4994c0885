import { cleanLine } from '../../core/clean-text.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { ParseResult } from '../provider.ts'
import { readMessage } from './message.ts'

/**
 * The message's id is the key: Pub/Sub sends a message with the same id until it is acknowledged. Unwrapped pushes may
 * come without it; then the state of the mailbox is the key, as it stands for the same news.
 */
export function parse({ body, headers }: RawRequest, resource: Resource): ParseResult {
  const read = readMessage(body, headers)
  if (!read.ok) return read
  const { email, historyId, messageId } = read.message
  const wanted = mailboxOf(resource)
  if (wanted !== '' && email.toLowerCase() !== wanted) {
    const detail = `it is of the mailbox ${cleanLine(email, 120)}; this resource takes only ${cleanLine(wanted, 120)}`
    return { ok: false, detail: `${detail} (its setting "email")` }
  }
  return { ok: true, items: [{ key: messageId || `${email.toLowerCase()}:${historyId}`, kind: 'history' }] }
}

/** What is larger is no message of Gmail, and nobody has vouched for it yet. */
const MAX_PEEK_BYTES = 16 * 1024
const peeked = new WeakMap<RawRequest, string>()

/** Whether a request by the older path names the resource's mailbox, or none at all. */
export function concerns(request: RawRequest, resource: Resource): boolean {
  const wanted = mailboxOf(resource)
  if (wanted === '') return true
  const found = peeked.get(request) ?? peekMailbox(request)
  peeked.set(request, found)
  return found === '' || found === wanted
}

function peekMailbox({ body, headers }: RawRequest): string {
  if (body.byteLength > MAX_PEEK_BYTES) return ''
  const read = readMessage(body, headers)
  return read.ok ? read.message.email.toLowerCase() : ''
}

function mailboxOf(resource: Resource): string {
  return resource.settings['email']?.trim().toLowerCase() ?? ''
}
