import { peek, peekList, peekString } from '../../core/peek.ts'
import type { Calendar } from './calendars.ts'
import type { StoredEvent } from './event.ts'
import { HORIZON_MS, instancesOf, virtualInstance } from './instances.ts'
import type { ListQuery } from './list-query.ts'
import { DAY_MS, instantOf } from './when.ts'

/** What a list shows, and where it stands in it. */
export interface Listed {
  readonly event: StoredEvent
  /** Sorts as text. */
  readonly key: string
}

/** Of a series that was deleted as a whole, a singly expanded list tells this far around now alone. */
const DELETED_MS = 180 * DAY_MS

/** All that a list holds, in its order. `since` -1 = everything, else what has changed after that version. */
export function selectEvents(calendar: Calendar, query: ListQuery, since: number, now: number): readonly Listed[] {
  const found = query.singleEvents
    ? expand(calendar, query, since, now)
    : [...calendar.book.all()].filter(event => event.version > since)
  return found
    .filter(event => (since >= 0 || isShown(event, query)) && fits(calendar, event, query, now))
    .map(event => ({ event, key: keyOf(calendar, event, query) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

function isShown({ status, seriesId }: StoredEvent, { showDeleted, singleEvents }: ListQuery): boolean {
  if (status !== 'cancelled' || showDeleted === true) return true
  // The reference: cancelled instances are there all the same when neither is asked for.
  return seriesId !== null && !singleEvents
}

function expand(calendar: Calendar, query: ListQuery, since: number, now: number): readonly StoredEvent[] {
  const until = query.timeMax ?? now + HORIZON_MS
  const found: StoredEvent[] = []
  for (const event of calendar.book.all()) {
    if (event.seriesId !== null) continue
    if (event.recurrence === null) {
      if (event.version > since) found.push(event)
      continue
    }
    if (event.status === 'cancelled') {
      if (event.version > since) found.push(...cancelledInstances(calendar, event, now))
      continue
    }
    found.push(...instancesOf(calendar, event, until).filter(one => Math.max(one.version, event.version) > since))
    if (since >= 0) found.push(...vanishedInstances(event, since))
  }
  return found
}

function cancelledInstances(calendar: Calendar, series: StoredEvent, now: number): readonly StoredEvent[] {
  const zone = calendar.traits.timeZone
  const near = instancesOf(calendar, series, now + DELETED_MS)
  return near.filter(({ start }) => instantOf(start, zone) > now - DELETED_MS)
}

function vanishedInstances(series: StoredEvent, since: number): readonly StoredEvent[] {
  return [...series.vanished.values()]
    .filter(({ version }) => version > since)
    .map(({ originalStart }) => ({ ...virtualInstance(series, originalStart), status: 'cancelled' }))
}

/** The window and the words of a list that is no list of changes. */
function fits(calendar: Calendar, event: StoredEvent, query: ListQuery, now: number): boolean {
  const { fields } = event
  const kind = peekString(fields, 'eventType') || 'default'
  return (
    (query.iCalUID === '' || event.iCalUID === query.iCalUID) &&
    (query.eventTypes.length === 0 || query.eventTypes.includes(kind)) &&
    (query.updatedMin === null || event.updated >= query.updatedMin) &&
    (query.q === '' || textOf(event).includes(query.q)) &&
    hasProperties(event, 'private', query.privateProperties) &&
    hasProperties(event, 'shared', query.sharedProperties) &&
    isWithin(calendar, event, query, now)
  )
}

function isWithin(calendar: Calendar, event: StoredEvent, { timeMin, timeMax }: ListQuery, now: number): boolean {
  if (timeMin === null && timeMax === null) return true
  const zone = calendar.traits.timeZone
  const overlaps = ({ start, end }: StoredEvent): boolean =>
    (timeMin === null || instantOf(end, zone) > timeMin) && (timeMax === null || instantOf(start, zone) < timeMax)
  if (event.recurrence === null || event.status === 'cancelled') return overlaps(event)
  return instancesOf(calendar, event, timeMax ?? now + HORIZON_MS).some(overlaps)
}

function textOf({ fields }: StoredEvent): string {
  const people = peekList(fields, 'attendees').flatMap(one => [
    peekString(one, 'email'),
    peekString(one, 'displayName'),
  ])
  const words = ['summary', 'description', 'location'].map(name => peekString(fields, name))
  return [...words, ...people].join('\n').toLowerCase()
}

function hasProperties({ fields }: StoredEvent, side: string, wanted: readonly string[]): boolean {
  return wanted.every(pair => {
    const [name = '', ...value] = pair.split('=')
    return peek(fields, 'extendedProperties', side, name) === value.join('=')
  })
}

function keyOf(calendar: Calendar, event: StoredEvent, { orderBy }: ListQuery): string {
  if (orderBy === 'startTime') return `${digits(instantOf(event.start, calendar.traits.timeZone))}/${event.id}`
  if (orderBy === 'updated') return `${digits(event.updated)}/${event.id}`
  // Google promises no order: instances come before their series too, on pages before its.
  return `${scatter(event.id)}/${event.id}`
}

/** The same for an id at all times (FNV-1a). */
function scatter(id: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}

/** Before 1970 too. */
function digits(n: number): string {
  return String(n + 1e15).padStart(16, '0')
}
