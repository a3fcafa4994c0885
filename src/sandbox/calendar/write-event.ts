import { isRecord, peekString, type JsonRecord } from '../../core/peek.ts'
import { ApiError, badRequest, forbidden, notFound } from '../http/api-error.ts'
import type { Calendar } from './calendars.ts'
import { MAX_EVENTS } from './event-book.ts'
import type { EventDraft, StoredEvent } from './event.ts'
import { findEvent, HORIZON_MS, ruleStarts } from './instances.ts'
import { readEvent, type EventBody } from './read-event.ts'
import { readWhen, showWhen, suffixOf, type When } from './when.ts'

/** Who writes where, and when. */
export interface WriteContext {
  readonly calendar: Calendar
  readonly account: string
  readonly now: number
  readonly newId: () => string
}

export function insertEvent(ctx: WriteContext, body: JsonRecord): StoredEvent {
  const id = peekString(body, 'id') || ctx.newId()
  if (!/^[a-v0-9]{5,1024}$/.test(id)) throw badRequest('Invalid resource id value.', 'id')
  // The ids of what was deleted stay taken.
  if (ctx.calendar.book.get(id) !== undefined) throw duplicate()
  return ctx.calendar.book.put(newDraft(ctx, id, peekString(body, 'iCalUID') || `${id}@google.com`, body))
}

/** Adds a copy of an event of elsewhere, or writes over the one that has its iCalUID. */
export function importEvent(ctx: WriteContext, body: JsonRecord): StoredEvent {
  const uid = peekString(body, 'iCalUID')
  if (uid === '') throw badRequest('Missing iCalUID.', 'iCalUID', 'required')
  const before = ctx.calendar.book.byICalUid(uid)
  if (before !== undefined) return replaceEvent(ctx, before, body)
  return ctx.calendar.book.put(newDraft(ctx, ctx.newId(), uid, body))
}

export function updateEvent(ctx: WriteContext, id: string, body: JsonRecord): StoredEvent {
  return replaceEvent(ctx, require(ctx, id), body)
}

/** Merges by key, objects within too; `null` takes a key away, a list is replaced as a whole. */
export function patchEvent(ctx: WriteContext, id: string, body: JsonRecord): StoredEvent {
  const before = require(ctx, id)
  const zone = ctx.calendar.traits.timeZone
  const edges = { start: showWhen(before.start, zone), end: showWhen(before.end, zone) }
  const whole = { ...before.fields, ...edges, status: before.status, recurrence: before.lines }
  return replaceEvent(ctx, before, merge(whole, body))
}

export function deleteEvent(ctx: WriteContext, id: string): StoredEvent {
  const before = require(ctx, id)
  if (before.status === 'cancelled') {
    throw new ApiError(410, { reason: 'deleted', message: 'Resource has been deleted', rpc: 'NOT_FOUND' })
  }
  const { book } = ctx.calendar
  for (const exception of book.exceptionsOf(id)) book.forget(exception.id)
  return book.put({ ...before, status: 'cancelled', sequence: before.sequence + 1, updated: ctx.now })
}

/** To another calendar under the same id; a series takes its changed instances along. */
export function moveEvent(ctx: WriteContext, id: string, destination: Calendar): StoredEvent {
  const before = require(ctx, id)
  if (before.seriesId !== null || kindOf(before.fields) !== 'default') {
    throw forbidden(
      'Cannot change the organizer of an instance or of such an event.',
      'cannotChangeOrganizerOfInstance',
    )
  }
  if (destination.book.get(id) !== undefined) throw duplicate()
  const exceptions = ctx.calendar.book.exceptionsOf(id)
  const organizer = organizerOf(destination)
  const carry = (event: StoredEvent): EventDraft => {
    return { ...event, fields: { ...event.fields, organizer }, updated: ctx.now }
  }
  const moved = destination.book.put(carry(before))
  for (const exception of exceptions) destination.book.put(carry(exception))
  deleteEvent(ctx, id)
  return moved
}

function require({ calendar, now }: WriteContext, id: string): StoredEvent {
  const found = findEvent(calendar, id, now)
  if (found === undefined) throw notFound()
  return found
}

function newDraft({ calendar, account, now }: WriteContext, id: string, iCalUID: string, body: JsonRecord): EventDraft {
  if (calendar.book.size >= MAX_EVENTS) throw forbidden('Calendar usage limits exceeded.', 'quotaExceeded')
  const read = readEvent(body, calendar.traits.timeZone)
  const organizer = isRecord(body['organizer']) ? body['organizer'] : organizerOf(calendar)
  const fields = { ...read.fields, organizer, creator: { email: account } }
  const times = { created: now, updated: now }
  const own = { id, iCalUID, fields, sequence: 0, ...times, vanished: new Map() }
  const instance = instanceOf(body)
  return { ...read, ...own, ...instance }
}

/** An instance that is imported by itself says where it belongs. */
function instanceOf(body: JsonRecord): Pick<EventDraft, 'seriesId' | 'originalStart'> {
  const originalStart = readWhen(body['originalStartTime'])
  const seriesId = peekString(body, 'recurringEventId')
  return seriesId === '' || originalStart === null
    ? { seriesId: null, originalStart: null }
    : { seriesId, originalStart }
}

function replaceEvent(ctx: WriteContext, before: StoredEvent, body: JsonRecord): StoredEvent {
  const { calendar, now } = ctx
  const read = readEvent(body, calendar.traits.timeZone)
  if (read.status === 'cancelled') return before.status === 'cancelled' ? before : deleteEvent(ctx, before.id)
  if (kindOf(read.fields) !== kindOf(before.fields)) throw badRequest('Event type cannot be changed.', 'eventType')
  if (before.seriesId !== null && read.lines.length > 0) {
    throw badRequest('Recurrence cannot be set on an instance.', 'recurrence')
  }
  const { organizer, creator } = before.fields
  const fields = { ...read.fields, organizer, creator }
  const isMoved = hasMoved(before, read)
  const isSilent = !isMoved && before.status === read.status && sameButReminders(before.fields, fields)
  const sequence = before.sequence + (isMoved || before.status !== read.status ? 1 : 0)
  const updated = isSilent ? before.updated : now
  const draft = { ...before, ...read, fields, sequence, updated }
  return calendar.book.put(before.recurrence !== null && isMoved ? withoutLost(ctx, before, draft) : draft)
}

/**
 * Of a series whose rule has changed: instances that it has no longer go. Those that were changed one by one are told as
 * cancelled from then on; of the others only singly expanded lists tell.
 */
function withoutLost({ calendar, now }: WriteContext, before: StoredEvent, draft: EventDraft): EventDraft {
  const { book } = calendar
  const left = idsOf(calendar, { ...before, ...draft }, now)
  const changed = book.exceptionsOf(before.id)
  for (const exception of changed) {
    if (left.has(exception.id) || exception.status === 'cancelled') continue
    book.put({ ...exception, status: 'cancelled', updated: now })
  }
  const version = book.version + 1
  const told = new Set(changed.map(({ id }) => id))
  const vanished = new Map([...before.vanished].filter(([id]) => !left.has(id)))
  for (const [id, originalStart] of idsOf(calendar, before, now)) {
    if (!left.has(id) && !told.has(id)) vanished.set(id, { originalStart, version })
  }
  return { ...draft, vanished }
}

function idsOf(calendar: Calendar, series: StoredEvent, now: number): ReadonlyMap<string, When> {
  const starts = ruleStarts(calendar, series, now + HORIZON_MS)
  return new Map(starts.map(start => [`${series.id}_${suffixOf(start)}`, start]))
}

function hasMoved(before: StoredEvent, after: EventBody): boolean {
  return shapeOf(before) !== shapeOf(after)
}

function shapeOf({ start, end, lines }: Pick<EventBody, 'start' | 'end' | 'lines'>): string {
  return JSON.stringify([start, end, lines])
}

function sameButReminders(a: JsonRecord, b: JsonRecord): boolean {
  return textOf(a) === textOf(b)
}

function textOf(fields: JsonRecord): string {
  const rest = Object.entries(fields).filter(([name]) => name !== 'reminders')
  return JSON.stringify(rest.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function kindOf(fields: JsonRecord): string {
  return peekString(fields, 'eventType') || 'default'
}

function merge(before: JsonRecord, change: JsonRecord): JsonRecord {
  const merged: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(change)) {
    const old = before[key]
    if (value === null) delete merged[key]
    else merged[key] = isRecord(value) && isRecord(old) ? merge(old, value) : value
  }
  return merged
}

function organizerOf({ id, owner, traits }: Calendar) {
  return id === owner ? { email: id } : { email: id, displayName: traits.summary }
}

function duplicate(): ApiError {
  return new ApiError(409, {
    reason: 'duplicate',
    message: 'The requested identifier already exists.',
    rpc: 'ALREADY_EXISTS',
  })
}
