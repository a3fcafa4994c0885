import { findWallClock, readWallClock } from './time-zone.ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** When a person wants quiet, by the wall clock. Times are `HH:MM`; the same twice is a whole day. */
export interface QuietRule {
  readonly from: string
  /** On the next day when it is not later than `from`. */
  readonly to: string
  /** The days on which the quiet begins; none given = every day. */
  readonly days?: readonly Weekday[] | undefined
}

/** How it is at an instant, and until when (ms since 1970) it stays so; null = for good. */
export interface Quiet {
  readonly quiet: boolean
  readonly until: number | null
}

/**
 * Judges an instant by the wall clock of a time zone. Pure. Each bound falls on the first instant at which the clock
 * reads it or later: a bound in an hour that comes twice counts the first time, one in an hour that is skipped when the
 * clock jumps. Quiet that goes over into the next quiet ends with that one.
 */
export function judgeQuiet(at: number, zone: string, rule: QuietRule): Quiet {
  const today = Math.floor(readWallClock(at, zone) / DAY_MS)
  // The clock can fall back over midnight, so the next day may have begun already.
  const around = [today - 1, today, today + 1].flatMap(day => readWindow(day, zone, rule))
  const now = around.find(({ start, end }) => start <= at && at < end)
  if (now !== undefined) return { quiet: true, until: followOn(now, today + 1, zone, rule) }
  for (let day = today - 1; day <= today + LOOK_AHEAD; day++) {
    const next = readWindow(day, zone, rule)[0]
    if (next !== undefined && next.start > at) return { quiet: false, until: next.start }
  }
  return { quiet: false, until: null }
}

const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
/** A rule with one day a week, and that day's window lost in a jump of the clock. */
const LOOK_AHEAD = 15

interface Window {
  readonly start: number
  readonly end: number
}

/** The end of a window and of those that follow without a gap; null when each day's goes over into the next. */
function followOn(window: Window, lastDay: number, zone: string, rule: QuietRule): number | null {
  let { end } = window
  for (let day = lastDay - 2; day <= lastDay + LOOK_AHEAD; day++) {
    const next = readWindow(day, zone, rule)[0]
    if (next === undefined || next.end <= end) continue
    if (next.start > end) return end
    end = next.end
  }
  return null
}

/** The quiet that begins on a day (whole days since 1970, by the wall clock); none when the rule leaves that day out. */
function readWindow(day: number, zone: string, { from, to, days }: QuietRule): readonly Window[] {
  if (days !== undefined && !days.includes(weekdayOf(day))) return []
  const [opens, closes] = [minutesOf(from), minutesOf(to)]
  const start = findWallClock(day * DAY_MS + opens * MINUTE_MS, zone)
  const end = findWallClock((closes > opens ? day : day + 1) * DAY_MS + closes * MINUTE_MS, zone)
  return start < end ? [{ start, end }] : []
}

/** 1 January 1970 was a Thursday. */
function weekdayOf(day: number): Weekday {
  return WEEKDAYS[(((day + 3) % 7) + 7) % 7] ?? 'mon'
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}
