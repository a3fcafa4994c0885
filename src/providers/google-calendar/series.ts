import { findWallClock, isTimeZone, readWallClock } from '../../core/time-zone.ts'
import type { CalendarEvent } from './event.ts'
import { DAY_MS, daysOf } from './rule-days.ts'
import { readDigits, readRule, type Rule } from './rule.ts'
import { instantOf, type When } from './when.ts'

/** A repeating event: the pattern of its starts and how long each takes. */
export interface Series {
  readonly start: When
  readonly lengthMs: number
  readonly rules: readonly Rule[]
  readonly notRules: readonly Rule[]
  readonly extra: readonly When[]
  readonly without: readonly When[]
}

/** Null for what does not repeat or has no start. A line that cannot be read is left out. Total. */
export function readSeries({ start, end, recurrence }: CalendarEvent): Series | null {
  if (start === null || recurrence.length === 0) return null
  const lines = recurrence.map(line => LINE.exec(line.trim())).filter(match => match !== null)
  const valuesOf = (name: string) => lines.filter(([, found = '']) => found.toUpperCase() === name)
  const rulesOf = (name: string) => valuesOf(name).flatMap(([, , , value = '']) => readRule(value) ?? [])
  const datesOf = (name: string) =>
    valuesOf(name).flatMap(([, , params = '', value = '']) => readDates(params, value, start))
  return {
    start,
    lengthMs: lengthOf(start, end),
    rules: rulesOf('RRULE'),
    notRules: rulesOf('EXRULE'),
    extra: datesOf('RDATE'),
    without: datesOf('EXDATE'),
  }
}

const LINE = /^(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:]*)?):(.+)$/i

/** A length of its own has what has no end: a day, or none. An end before the start is none too. */
export function lengthOf(start: When, end: When | null): number {
  const usual = start.kind === 'date' ? DAY_MS : 0
  if (end === null || end.kind !== start.kind) return usual
  return Math.max(usual, instantOf(end) - instantOf(start))
}

/** More of one series in one window is nobody's plan. */
const MAX_STARTS = 4_000

/**
 * The starts that the lines give from `from` up to and without `to`, ascending; instances that were moved or removed by
 * themselves are still among them. Times go by the wall clock of the zone in which the series was planned; a reading
 * that is skipped when the clock is set forward happens at that moment, one that comes twice the first time.
 */
export function startsOf(series: Series, from: number, to: number): readonly When[] {
  const { start, extra, notRules } = series
  const found = new Map<number, When>()
  const add = (when: When): void => {
    const at = instantOf(when)
    if (at >= from && at < to) found.set(at, when)
  }
  // Google shows the start whether it fits the rule or not, and does not count it then: with COUNT=5 there are six
  // (googleapis/google-api-nodejs-client#2214).
  add(start)
  for (const rule of series.rules) for (const when of startsByRule(rule, start, from, to)) add(when)
  for (const when of extra) add(when)
  for (const when of series.without) found.delete(instantOf(when))
  for (const rule of notRules) for (const when of startsByRule(rule, start, from, to)) found.delete(instantOf(when))
  return [...found]
    .sort(([a], [b]) => a - b)
    .slice(0, MAX_STARTS)
    .map(([, when]) => when)
}

function* startsByRule(rule: Rule, start: When, from: number, to: number): Generator<When> {
  const wall = wallOf(start)
  const first = Math.floor(wall / DAY_MS)
  const time = wall - first * DAY_MS
  // No zone is further than a day from UTC.
  const days = daysOf(rule, first, Math.floor(from / DAY_MS) - 1, Math.floor(to / DAY_MS) + 1)
  for (const day of days) {
    const when = atWall(day * DAY_MS + time, start)
    if (isPast(rule, when, day * DAY_MS + time)) return
    yield when
  }
}

function isPast({ until }: Rule, when: When, wall: number): boolean {
  if (until === null) return false
  return (until.isUtc && when.kind === 'time' ? when.at : wall) > until.at
}

/**
 * When the last instance ends, for a window to pass over it: never too early, null = never or not known. What the
 * instances that were moved by themselves take is their own affair.
 */
export function lastEnd(series: Series): number | null {
  const { rules, extra, start, lengthMs } = series
  const ends = [...extra.map(instantOf), instantOf(start), ...rules.map(rule => lastStart(rule, start))]
  const last = Math.max(...ends)
  return Number.isFinite(last) ? last + lengthMs : null
}

/** Infinity = no end in sight. */
function lastStart(rule: Rule, start: When): number {
  if (rule.until !== null) return rule.until.at + (rule.until.isUtc ? 0 : DAY_MS)
  if (rule.count === null) return Infinity
  const wall = wallOf(start)
  const first = Math.floor(wall / DAY_MS)
  const days = [...daysOf(rule, first, first, first + MAX_SPAN_DAYS)]
  const last = days.at(-1)
  if (last === undefined || days.length < rule.count) return Infinity
  return instantOf(atWall(wall + (last - first) * DAY_MS, start))
}

/** What takes longer has no end that needs to be known. */
const MAX_SPAN_DAYS = 50 * 366

function readDates(params: string, value: string, like: When): readonly When[] {
  const named = /;TZID=([^;:]+)/i.exec(params)?.[1]?.replace(/^"|"$/g, '') ?? ''
  const zone = isTimeZone(named) ? named : like.kind === 'time' ? like.zone : 'UTC'
  return value.split(',').flatMap(one => {
    // Of a period (`start/end`) the start; it lasts as long as the others.
    const [, date = '', time, utc] = /^(\d{8})(?:T(\d{6})(Z?))?(?:\/.*)?$/.exec(one.trim()) ?? []
    const wall = readDigits(date, time ?? '000000')
    if (wall === null) return []
    // Days are compared as days, instants as instants; where the one stands for the other, the day tells.
    if (like.kind === 'date') return [atWall(wall, like)]
    if (time === undefined) return [atWall(wall + timeOf(like), like)]
    return [{ kind: 'time' as const, at: utc === 'Z' ? wall : findWallClock(wall, zone), zone: like.zone }]
  })
}

function timeOf(when: When): number {
  const wall = wallOf(when)
  return wall - Math.floor(wall / DAY_MS) * DAY_MS
}

/** What the wall clock of its zone reads, as if it stood in UTC. */
function wallOf(when: When): number {
  return when.kind === 'date' ? Date.parse(when.date) : readWallClock(when.at, when.zone)
}

/** The same kind of thing as `like`, at another reading. */
function atWall(wall: number, like: When): When {
  if (like.kind === 'date') return { kind: 'date', date: new Date(wall).toISOString().slice(0, 10) }
  return { kind: 'time', at: findWallClock(wall, like.zone), zone: like.zone }
}

/**
 * What an instance of the series is known by, for one that was changed by itself to be found: the instant, or the day
 * where it is told as another kind of thing. Of a reading that is skipped others (RFC 5545, 3.3.5) make the instant that
 * it would have been had the clock not been set, so that it goes by two names.
 */
export function namesOf({ start: first }: Series, start: When): readonly string[] {
  const names = [nameOf(start), dayName(start)]
  if (start.kind === 'date' || first.kind === 'date') return names
  const missing = timeOf(first) - timeOf(start)
  if (missing === 0) return names
  const before = start.at - 1000
  const wall = wallOf(start) + missing
  return [...names, nameOf({ ...start, at: wall - (readWallClock(before, start.zone) - before) })]
}

/** Which of those names an original start means. */
export function nameIn({ start: first }: Series, originalStart: When): string {
  return originalStart.kind === first.kind ? nameOf(originalStart) : dayName(originalStart)
}

function nameOf(when: When): string {
  return `at ${instantOf(when)}`
}

function dayName(when: When): string {
  return `day ${Math.floor(wallOf(when) / DAY_MS)}`
}
