import type { EcEvent, EventState } from '../../../src/core/event.ts'
import { readQuestion } from '../../../src/core/question.ts'
import type { Item, ItemQuestion } from '../center.ts'
import { isEvent, isRecord } from '../parse.ts'

/** An event as it comes new on the stream. */
export function newItem(seq: number, event: EcEvent): Item {
  const question = questionOf(event)
  return { seq, event, seen: false, read: false, archived: false, snoozedUntil: null, question }
}

/** A line of the history. */
export interface HistoryRow {
  readonly item: Item
  readonly isRetracted: boolean
}

/** Reads a line of `GET /api/events`; null for what has no place in the stream yet. */
export function readRow(value: unknown): HistoryRow | null {
  if (!isRecord(value) || !isEvent(value)) return null
  const { seq, state, seen_at, read_at, archived_at, snoozed_until, answered_at, retracted_at, ...event } = value
  if (typeof seq !== 'number' || !isEvent(event)) return null
  const until = typeof snoozed_until === 'string' ? Date.parse(snoozed_until) : Number.NaN
  const asked = questionOf(event)
  const question: ItemQuestion | null =
    asked !== null && answered_at !== undefined ? { ...asked, state: 'answered' } : asked
  return {
    item: {
      seq,
      event,
      seen: seen_at !== undefined,
      read: read_at !== undefined,
      archived: archived_at !== undefined,
      snoozedUntil: Number.isNaN(until) ? null : until,
      question,
    },
    isRetracted: retracted_at !== undefined || state === 'retracted',
  }
}

/** The item after a change that the agent told of; the very same when nothing of it shows. */
export function changeItem(item: Item, state: EventState, until: number | null): Item {
  switch (state) {
    case 'seen':
      return item.seen ? item : { ...item, seen: true }
    case 'read':
      return item.read ? item : { ...item, read: true, seen: true }
    case 'unread':
      return item.read ? { ...item, read: false } : item
    case 'archived':
      return item.archived ? item : { ...item, archived: true }
    case 'unarchived':
      return item.archived ? { ...item, archived: false } : item
    case 'snoozed':
      return item.snoozedUntil === until ? item : { ...item, snoozedUntil: until }
    case 'answered':
      return { ...item, read: true, seen: true, question: answered(item.question, null) }
    case 'retracted':
      return item
    default:
      return state satisfies never
  }
}

/** The question with its answer, as far as that is known. */
export function answered(question: ItemQuestion | null, option: string | null): ItemQuestion | null {
  if (question === null) return null
  return { ...question, state: 'answered', answer: option ?? question.answer }
}

/** The item with the option that counts when nobody answers in time. */
export function answeredByDefault(item: Item): Item {
  const option = item.event.data?.['default_option']
  return { ...item, question: answered(item.question, typeof option === 'string' ? option : null) }
}

/** Whether it counts as unread. */
export function isUnread(item: Item): boolean {
  return !item.read && !item.archived
}

/** Whether a person is to do something about it. */
export function isAction(item: Item): boolean {
  return item.event.type === 'action.required'
}

/** ms since 1970 at which a question that nobody answered is over; null for one without end. */
export function questionEndsAt({ event, question }: Item): number | null {
  if (question?.state !== 'open' || event.expires_at === undefined) return null
  const at = Date.parse(event.expires_at)
  // The answer that was named for the deadline comes by the stream, a moment later.
  return event.data?.['default_option'] === undefined ? at : at + DEFAULT_WITHIN_MS
}

const DEFAULT_WITHIN_MS = 15_000

/** The item as time alone has left it; the very same when it has not. */
export function passTime(item: Item, now: number): Item {
  const endsAt = questionEndsAt(item)
  const isOver = item.question !== null && endsAt !== null && endsAt <= now
  const isBack = item.snoozedUntil !== null && item.snoozedUntil <= now
  if (!isOver && !isBack) return item
  return {
    ...item,
    question: isOver && item.question !== null ? { ...item.question, state: 'expired' } : item.question,
    snoozedUntil: isBack ? null : item.snoozedUntil,
  }
}

function questionOf(event: EcEvent): ItemQuestion | null {
  const read = readQuestion(event)
  const id = read.ok ? (read.terms?.id ?? null) : null
  return id === null ? null : { id, state: 'open', answer: null }
}
