import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { isAtHand } from '../etag.ts'
import { noQuery } from '../input.ts'
import {
  calendarItemView,
  calendarView,
  freshnessView,
  occurrenceView,
  renderCalendar,
  renderCalendarItem,
  renderFreshness,
} from '../render/calendar.ts'
import { renderOccurrences } from '../render/occurrences-body.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf, subjectOf, userParam } from './call.ts'

const WEEK_MS = 7 * 86_400_000
const at = z.iso.datetime({ offset: true, error: 'takes an instant, as 2026-01-05T09:00:00Z' })

/** Whether the answer was at hand. */
const CACHE_HEADER = 'x-ec-cache'

export const calendarRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/calendars/:user',
    summary: 'The calendars of a user, and when each was read last',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ calendars: z.array(calendarView), ...freshnessView }) },
    async handle(call) {
      const found = await call.api.calendars.calendars(subjectOf(call, userParam(call)))
      const body = { calendars: found.value.map(renderCalendar), ...renderFreshness(found) }
      return { headers: cacheHeader(found), body }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/calendars/:user/events',
    summary: 'What takes place in the calendars of a user, in the next seven days or the window that is given',
    allow: ['operator', 'user'],
    query: z.strictObject({
      from: at.exactOptional(),
      to: at.exactOptional(),
      calendar: z.string().min(1).max(64).exactOptional(),
    }),
    body: null,
    reply: { status: 200, schema: z.strictObject({ events: z.array(occurrenceView), ...freshnessView }) },
    async handle(call) {
      const user = subjectOf(call, userParam(call))
      const from = call.query.from === undefined ? call.now : readAt('from', call.query.from)
      const to = call.query.to === undefined ? from + WEEK_MS : readAt('to', call.query.to)
      const found = await call.api.calendars.events(user, { from, to }, call.query.calendar ?? null)
      const { bytes, etag } = renderOccurrences(found)
      const headers = { ...cacheHeader(found), etag }
      if (isAtHand(etag, call.request.headers['if-none-match'])) return { status: 304, headers }
      return { headers, body: bytes }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/calendars/:user/events/:event',
    summary: "An event by the provider's own id, as each calendar of the user has it",
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ copies: z.array(calendarItemView), ...freshnessView }) },
    async handle(call) {
      const found = await call.api.calendars.event(subjectOf(call, userParam(call)), paramOf(call, 'event'))
      const body = { copies: found.value.map(renderCalendarItem), ...renderFreshness(found) }
      return { headers: cacheHeader(found), body }
    },
  }),
]

function cacheHeader({ hit }: { readonly hit: boolean }): Readonly<Record<string, string>> {
  return { [CACHE_HEADER]: hit ? 'hit' : 'miss' }
}

/** The form takes days that no month has, as the 31st of February. */
function readAt(name: string, text: string): number {
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw new EcError('EC_USAGE', `\`${name}\` is no instant`, { details: { parameter: name } })
}
