import { createHash } from 'node:crypto'
import type { EcEvent } from '../../../core/event.ts'
import { onceFor } from '../../../core/once-for.ts'

type Collapsing = Pick<EcEvent, 'id' | 'type' | 'collapse_key' | 'thread' | 'data'>

/** The field of `data` that says which thing an event of a built-in type is about, and what stands before it. */
const ABOUT: Readonly<Record<string, readonly [field: string, prefix: string]>> = {
  'job.done': ['job_id', 'job'],
  'action.required': ['action_id', 'act'],
  'message.new': ['thread_id', 'thr'],
  'reminder.due': ['reminder_id', 'rem'],
  'system.alert': ['issue_id', 'iss'],
}

/** Events with the same key take each other's place on a device. An event about nothing in particular has its own. */
export function collapseOf(event: Collapsing): string {
  if (event.collapse_key !== undefined) return event.collapse_key
  if (event.type === 'message.new' && event.thread !== undefined) return `thr:${event.thread}`
  const [field, prefix] = ABOUT[event.type] ?? []
  const about = field === undefined ? undefined : event.data?.[field]
  return typeof about === 'string' || typeof about === 'number' ? `${prefix}:${about}` : event.id
}

/**
 * The key in the form that a push service takes as `Topic` (RFC 8030 5.4): 32 characters of base64url. It replaces a
 * message that still waits there, so that a message sent twice after a lost answer is shown once.
 */
export const topicOf = onceFor((event: Collapsing): string => {
  return createHash('sha256').update(collapseOf(event)).digest('base64url').slice(0, 32)
})
