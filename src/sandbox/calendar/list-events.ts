import { ApiError, badRequest } from '../http/api-error.ts'
import type { Manners } from '../manners.ts'
import type { Random } from '../random.ts'
import type { Calendar } from './calendars.ts'
import { NO_TOKEN_AFTER, readListQuery, type ListQuery } from './list-query.ts'
import { selectEvents } from './select-events.ts'
import { showEvent, showTombstone, type View } from './show-event.ts'
import { readPageToken, readSyncToken, writePageToken, writeSyncToken, type PagePoint } from './tokens.ts'
import { DAY_MS } from './when.ts'

export interface ListContext {
  readonly calendar: Calendar
  readonly view: View
  readonly now: number
  readonly manners: Manners
  readonly random: Random
}

const UPDATED_MIN_MS = 28 * DAY_MS

/** One page of a calendar: everything, or what has changed since a token. */
export function listEvents(ctx: ListContext, params: URLSearchParams) {
  const { calendar, now } = ctx
  const query = readListQuery(params)
  if (query.updatedMin !== null && query.updatedMin < now - UPDATED_MIN_MS) {
    throw gone(
      'updatedMinTooLongAgo',
      'The requested minimum modification time lies too far in the past.',
      'updatedMin',
    )
  }
  const since = query.syncToken === '' ? -1 : sinceOf(ctx, query)
  const point = pointOf(calendar, query, since)
  const all = selectEvents(calendar, query, point.since, now)
  const rest = all.filter(({ key }) => key > point.after)
  const size = sizeOf(ctx, query.maxResults, rest.length, point)
  const page = rest.slice(0, size)
  const view = query.timeZone === null ? ctx.view : { ...ctx.view, zone: query.timeZone }
  const how = { isSparse: ctx.manners.sparse_tombstones, isDelta: point.since >= 0 }
  const items = page.map(({ event }) =>
    event.status === 'cancelled' ? showTombstone(calendar, event, view, how) : showEvent(calendar, event, view),
  )
  const isLast = size >= rest.length
  const next = isLast
    ? tokenAfter(ctx, params, query, point)
    : { nextPageToken: writePageToken({ ...point, after: page.at(-1)?.key ?? point.after, isSolid: size === 0 }) }
  return { ...headOf(calendar, view, now), ...next, items }
}

function headOf({ book, traits }: Calendar, view: View, now: number) {
  return {
    kind: 'calendar#events',
    etag: `"p${book.version}"`,
    summary: traits.summary,
    description: traits.description,
    updated: new Date(now).toISOString(),
    timeZone: view.zone,
    accessRole: view.role,
    defaultReminders: [],
  }
}

/** The version that a sync token speaks of. */
function sinceOf({ calendar, now, manners }: ListContext, { syncToken, syncHash }: ListQuery): number {
  const point = readSyncToken(syncToken, calendar.id)
  if (point === null) throw badRequest('Invalid sync token value.', 'syncToken')
  const { epoch, version, params, issuedAt } = point
  const { book } = calendar
  const isOld = now - issuedAt > manners.sync_token_life_ms
  if (epoch !== book.epoch || version < book.floor || version > book.version || isOld) {
    throw gone('fullSyncRequired', 'Sync token is no longer valid, a full sync is required.', 'syncToken')
  }
  if (params !== syncHash) {
    throw badRequest('The parameters of the query differ from those that the sync token was given for.', 'syncToken')
  }
  return version
}

function pointOf({ id, book }: Calendar, { pageToken, pageHash }: ListQuery, since: number): PagePoint {
  const first = { of: id, params: pageHash, since, snapshot: book.version, after: '', isSolid: false }
  if (pageToken === '') return first
  const point = readPageToken(pageToken, id)
  if (point === null || point.params !== pageHash) throw badRequest('Invalid page token value.', 'pageToken')
  return point
}

/** How many items this page has: sometimes fewer than it could, sometimes none, but never none twice in a row. */
function sizeOf({ manners, random }: ListContext, most: number, left: number, point: PagePoint): number {
  const full = Math.min(most, left)
  if (left === 0) return 0
  if (!point.isSolid && random.next() < manners.empty_page_rate) return 0
  return full > 1 && random.next() < manners.short_page_rate ? random.between(1, full - 1) : full
}

function tokenAfter(ctx: ListContext, params: URLSearchParams, query: ListQuery, { snapshot }: PagePoint) {
  if (NO_TOKEN_AFTER.some(name => params.has(name))) return {}
  const { id, book } = ctx.calendar
  const point = { of: id, epoch: book.epoch, version: snapshot, params: query.syncHash, issuedAt: ctx.now }
  return { nextSyncToken: writeSyncToken(point) }
}

function gone(reason: string, message: string, location: string): ApiError {
  return new ApiError(410, { domain: 'calendar', reason, message, location, locationType: 'parameter' })
}
