import { z } from 'zod'
import type { Cached, CalendarItem, CalendarOccurrence, CalendarView } from '../api.ts'
import { instant, renderInstantOrNull } from './instant.ts'

/** How far an answer can be relied on. */
export const freshnessView = {
  /** When the oldest of the copies was read; null = one never was. */
  fresh_at: instant.nullable(),
  /** Calendars of which nothing is known yet. */
  incomplete: z.array(z.string()),
}

export const calendarView = z.strictObject({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  account: z.string(),
  items: z.int(),
  fresh_at: instant.nullable(),
})

export const occurrenceView = z.strictObject({
  id: z.string(),
  calendar: z.string(),
  event: z.string(),
  series: z.string().nullable(),
  /** An instant; of whole days the first, as `2026-01-05`. */
  start: z.string(),
  /** Of whole days the one after the last. */
  end: z.string(),
  all_day: z.boolean(),
  title: z.string(),
  busy: z.boolean(),
  status: z.enum(['confirmed', 'tentative']),
  location: z.string().nullable(),
  url: z.string().nullable(),
})

export const calendarItemView = z.strictObject({
  id: z.string(),
  calendar: z.string(),
  series: z.string().nullable(),
  starts_at: instant.nullable(),
  ends_at: instant.nullable(),
  updated_at: instant.nullable(),
  /** As the provider has it. */
  source: z.record(z.string(), z.unknown()),
})

export function renderFreshness({ freshAt, incomplete }: Cached<unknown>) {
  return { fresh_at: renderInstantOrNull(freshAt), incomplete: [...incomplete] }
}

export function renderCalendar({ freshAt, ...rest }: CalendarView): z.infer<typeof calendarView> {
  return { ...rest, fresh_at: renderInstantOrNull(freshAt) }
}

export function renderOccurrence(occurrence: CalendarOccurrence): z.infer<typeof occurrenceView> {
  const { id, calendar, item, series, start, end, allDay, title, busy, status, location, url } = occurrence
  const at = (ms: number): string => (allDay ? new Date(ms).toISOString().slice(0, 10) : new Date(ms).toISOString())
  return {
    id,
    calendar,
    event: item,
    series,
    start: at(start),
    end: at(end),
    all_day: allDay,
    title,
    busy,
    status,
    location,
    url,
  }
}

export function renderCalendarItem(item: CalendarItem): z.infer<typeof calendarItemView> {
  return {
    id: item.id,
    calendar: item.calendar,
    series: item.series,
    starts_at: renderInstantOrNull(item.startsAt),
    ends_at: renderInstantOrNull(item.endsAt),
    updated_at: renderInstantOrNull(item.updatedAt),
    source: { ...item.json },
  }
}
