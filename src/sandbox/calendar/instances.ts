import type { Calendar } from './calendars.ts'
import type { StoredEvent } from './event.ts'
import { startsOf } from './recurrence.ts'
import { DAY_MS, instantOf, moveAlong, suffixOf, type When } from './when.ts'

/** How far beyond now a series without end is followed. */
export const HORIZON_MS = 730 * DAY_MS

/** The instances that a series has, those that were changed or removed one by one as they are now. */
export function instancesOf(calendar: Calendar, series: StoredEvent, until: number): readonly StoredEvent[] {
  const changed = new Map(calendar.book.exceptionsOf(series.id).map(event => [event.id, event]))
  const made = ruleStarts(calendar, series, until).map(start => {
    const id = `${series.id}_${suffixOf(start)}`
    const own = changed.get(id)
    changed.delete(id)
    return own ?? virtualInstance(series, start)
  })
  // Those whose place by the rule lies beyond, but which were moved to before it.
  const moved = [...changed.values()].filter(event => instantOf(event.start, calendar.traits.timeZone) < until)
  return [...made, ...moved]
}

export function ruleStarts(calendar: Calendar, series: StoredEvent, until: number): readonly When[] {
  const { recurrence, start } = series
  return recurrence === null ? [] : startsOf(recurrence, start, calendar.traits.timeZone, until)
}

/** What is kept under this id, else the instance of a living series that it names. */
export function findEvent(calendar: Calendar, id: string, now: number): StoredEvent | undefined {
  const kept = calendar.book.get(id)
  if (kept !== undefined) return kept
  const [, seriesId = ''] = /^(.+)_\d{8}(?:T\d{6}Z)?$/.exec(id) ?? []
  const series = calendar.book.get(seriesId)
  if (series === undefined || series.recurrence === null || series.status === 'cancelled') return undefined
  const start = ruleStarts(calendar, series, now + HORIZON_MS).find(when => `${seriesId}_${suffixOf(when)}` === id)
  return start === undefined ? undefined : virtualInstance(series, start)
}

export function virtualInstance(series: StoredEvent, originalStart: When): StoredEvent {
  return {
    ...series,
    id: `${series.id}_${suffixOf(originalStart)}`,
    start: originalStart,
    end: moveAlong(originalStart, series.start, series.end),
    lines: [],
    recurrence: null,
    seriesId: series.id,
    originalStart,
    vanished: new Map(),
  }
}
