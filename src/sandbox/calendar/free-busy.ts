import { peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import { badRequest } from '../http/api-error.ts'
import type { Calendar, Calendars } from './calendars.ts'
import type { StoredEvent } from './event.ts'
import { instancesOf } from './instances.ts'
import { readZone } from './list-query.ts'
import { instantOf, readDateTime, showInstant } from './when.ts'

const MAX_CALENDARS = 50

/** When calendars are busy. One that is unknown has an error of its own and is not called free. */
export function queryFreeBusy(calendars: Calendars, account: string, body: JsonRecord): JsonRecord {
  const from = readDateTime(peekString(body, 'timeMin'), null)
  const to = readDateTime(peekString(body, 'timeMax'), null)
  if (from === null) throw badRequest('Missing timeMin parameter.', 'timeMin', 'required')
  if (to === null) throw badRequest('Missing timeMax parameter.', 'timeMax', 'required')
  if (to <= from) throw badRequest('The specified time range is empty.', 'timeMax', 'timeRangeEmpty')
  const zone = readZone(peekString(body, 'timeZone') || 'UTC')
  const ids = peekList(body, 'items').map(item => peekString(item, 'id'))
  const found = ids.map((id, i): [string, JsonRecord] => {
    if (i >= MAX_CALENDARS) return [id, fault('tooManyCalendarsRequested')]
    const calendar = calendars.get(id === 'primary' ? account : id)
    if (calendar === undefined || !calendar.roles.has(account)) return [id, fault('notFound')]
    const busy = busyTimes(calendar, from, to)
    return [
      id,
      { busy: busy.map(([start, end]) => ({ start: showInstant(start, zone), end: showInstant(end, zone) })) },
    ]
  })
  const edges = { timeMin: new Date(from).toISOString(), timeMax: new Date(to).toISOString() }
  return { kind: 'calendar#freeBusy', ...edges, calendars: Object.fromEntries(found) }
}

function fault(reason: string): JsonRecord {
  return { errors: [{ domain: 'global', reason }], busy: [] }
}

type Span = readonly [start: number, end: number]

/** Merged, in order, cut to the window. */
function busyTimes(calendar: Calendar, from: number, to: number): readonly Span[] {
  const zone = calendar.traits.timeZone
  const spans = [...calendar.book.all()]
    .filter(event => event.seriesId === null && event.status !== 'cancelled')
    .flatMap(event => (event.recurrence === null ? [event] : instancesOf(calendar, event, to)))
    .filter(event => isBusy(event, calendar.owner))
    .map(({ start, end }): Span => [Math.max(from, instantOf(start, zone)), Math.min(to, instantOf(end, zone))])
    .filter(([start, end]) => start < end)
    .sort(([a], [b]) => a - b)
  const merged: Span[] = []
  for (const [start, end] of spans) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], end)]
    else merged.push([start, end])
  }
  return merged
}

function isBusy({ status, fields }: StoredEvent, owner: string): boolean {
  const own = peekList(fields, 'attendees').find(one => peekString(one, 'email') === owner)
  return (
    status !== 'cancelled' &&
    peekString(fields, 'transparency') !== 'transparent' &&
    peekString(fields, 'eventType') !== 'workingLocation' &&
    peekString(own, 'responseStatus') !== 'declined'
  )
}
