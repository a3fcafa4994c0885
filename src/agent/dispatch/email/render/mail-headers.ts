import { createHash } from 'node:crypto'
import type { EcEvent } from '../../../../core/event.ts'
import { readQuestion } from '../../../../core/question.ts'
import { isUnstoppable } from './view-of.ts'

/** The headers of a mail beside those that every mail has. */
export interface MailHeaders {
  /** The same for each try, so that a mailbox can tell a repetition. */
  readonly messageId: string
  /** The root of what belongs together, a thread or a question; null for what stands alone. */
  readonly inReplyTo: string | null
  readonly others: Readonly<Record<string, string>>
}

export interface HeaderFacts {
  /** Behind the `@` of what is made here: the domain of the sender. */
  readonly host: string
  readonly unsubscribe: string | null
}

/**
 * RFC 5322 (threads), RFC 3834 (no automatic answers), RFC 2919 (`List-Id`), RFC 8058 (unsubscribing by one click). What
 * a sender chose goes into none of them but as an atom or a hash, so no header can be forged.
 */
export function headersOf(event: EcEvent, { host, unsubscribe }: HeaderFacts): MailHeaders {
  const user = hash(event.user_id)
  const root = rootOf(event)
  return {
    messageId: `<${atom(event.id)}.${user}@${host}>`,
    inReplyTo: root === null ? null : `<${hash(`${event.user_id}\n${root}`, 32)}.${user}@${host}>`,
    others: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `<${atom(event.type).toLowerCase().replaceAll('_', '-')}.ec.${host}>`,
      ...(unsubscribe === null || isUnstoppable(event)
        ? {}
        : { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
    },
  }
}

function rootOf(event: EcEvent): string | null {
  const question = readQuestion(event)
  if (question.ok && question.terms !== null) return `question ${question.terms.id ?? event.id}`
  return event.thread === undefined ? null : `thread ${event.thread}`
}

/** An id as it can stand in a header; one with other characters, or a long one, as its hash. */
function atom(text: string): string {
  return /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(text) && text.length <= 64 ? text : hash(text, 32)
}

function hash(text: string, length = 16): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}
