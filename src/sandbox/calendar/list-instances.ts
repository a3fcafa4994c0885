import type { JsonRecord } from '../../core/peek.ts'
import { badRequest, notFound } from '../http/api-error.ts'
import { readMaxResults } from '../http/max-results.ts'
import type { WireRequest } from '../http/wire.ts'
import type { Calendar } from './calendars.ts'
import type { StoredEvent } from './event.ts'
import { HORIZON_MS, instancesOf } from './instances.ts'
import { flag, instant } from './list-query.ts'
import { showEvent, type View } from './show-event.ts'
import { hashParams, readPageToken, writePageToken } from './tokens.ts'
import { instantOf, readDateTime } from './when.ts'

/** The instances of one series, by pages. */
export function listInstances(calendar: Calendar, view: View, request: WireRequest, now: number): JsonRecord {
  const { query, params } = request
  const series = calendar.book.get(params['event'] ?? '')
  if (series === undefined) throw notFound()
  if (series.recurrence === null) throw badRequest('The event is not recurring.', 'eventId')
  const of = `${calendar.id}/${series.id}`
  const hash = hashParams(query, new Set(['pageToken']))
  const token = query.get('pageToken') ?? ''
  const point = token === '' ? null : readPageToken(token, of)
  if (token !== '' && point?.params !== hash) throw badRequest('Invalid page token value.', 'pageToken')
  const all = select(calendar, series, query, now)
  const from = Number(point?.after ?? 0)
  const page = all.slice(from, from + readMaxResults(query, 250, 2_500))
  const end = from + page.length
  const next = { of, params: hash, since: -1, snapshot: calendar.book.version, after: String(end), isSolid: false }
  return {
    kind: 'calendar#events',
    etag: `"p${calendar.book.version}"`,
    summary: calendar.traits.summary,
    timeZone: view.zone,
    accessRole: view.role,
    ...(end < all.length ? { nextPageToken: writePageToken(next) } : {}),
    items: page.map(event => showEvent(calendar, event, view)),
  }
}

function select(calendar: Calendar, series: StoredEvent, query: URLSearchParams, now: number): readonly StoredEvent[] {
  const zone = calendar.traits.timeZone
  const [timeMin, timeMax] = [instant(query, 'timeMin'), instant(query, 'timeMax')]
  const wanted = query.get('originalStart')
  return instancesOf(calendar, series, timeMax ?? now + HORIZON_MS)
    .filter(({ status }) => status !== 'cancelled' || flag(query, 'showDeleted') === true)
    .filter(({ end }) => timeMin === null || instantOf(end, zone) > timeMin)
    .filter(event => wanted === null || isAt(event, wanted))
}

/** Of a series of whole days the original start is a date, and nothing else matches. */
function isAt({ originalStart }: StoredEvent, wanted: string): boolean {
  if (originalStart === null) return false
  return originalStart.kind === 'date'
    ? originalStart.date === wanted
    : originalStart.at === readDateTime(wanted, originalStart.zone)
}
