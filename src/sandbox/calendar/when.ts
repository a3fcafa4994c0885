import { peekString } from '../../core/peek.ts'
import { findWallClock, isTimeZone, readWallClock } from '../../core/time-zone.ts'

/** A day, or an instant with the zone in which it was planned (null = the calendar's). */
export type When =
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'time'; readonly at: number; readonly zone: string | null }

export const DAY_MS = 86_400_000

/** Reads `{date}` or `{dateTime, timeZone}`; null for what is neither. */
export function readWhen(value: unknown): When | null {
  const date = peekString(value, 'date')
  if (date !== '') return isDate(date) ? { kind: 'date', date } : null
  const zone = peekString(value, 'timeZone') || null
  if (zone !== null && !isTimeZone(zone)) return null
  const at = readDateTime(peekString(value, 'dateTime'), zone)
  return at === null ? null : { kind: 'time', at, zone }
}

/** RFC 3339 with an offset, or without one where a zone says what is meant; null for anything else. */
export function readDateTime(text: string, zone: string | null): number | null {
  const match = DATE_TIME.exec(text)
  if (match === null || !isDate(text.slice(0, 10))) return null
  const [, wall = '', offset] = match
  if (offset !== undefined) return orNull(Date.parse(text))
  const at = orNull(Date.parse(`${wall}Z`))
  return at === null || zone === null ? null : findWallClock(at, zone)
}

const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?$/i

/** As Google writes it: an instant with the offset of the zone in which it is shown. */
export function showWhen(when: When, calendarZone: string, viewZone: string = calendarZone) {
  if (when.kind === 'date') return { date: when.date }
  return { dateTime: showInstant(when.at, viewZone), timeZone: when.zone ?? calendarZone }
}

export function showInstant(at: number, zone: string): string {
  const second = Math.floor(at / 1000) * 1000
  const wall = readWallClock(second, zone)
  const offset = Math.round((wall - second) / 60_000)
  const local = new Date(wall).toISOString().slice(0, 19)
  if (offset === 0) return `${local}Z`
  const [sign, size] = offset < 0 ? ['-', -offset] : ['+', offset]
  return `${local}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** What a clock on the wall shows, as if it stood in UTC. */
export function wallOf(when: When, calendarZone: string): number {
  return when.kind === 'date' ? Date.parse(when.date) : readWallClock(when.at, when.zone ?? calendarZone)
}

/** The same kind of thing as `like`, at another reading of the wall clock. */
export function atWall(wall: number, like: When, calendarZone: string): When {
  if (like.kind === 'date') return { kind: 'date', date: new Date(wall).toISOString().slice(0, 10) }
  return { kind: 'time', at: findWallClock(wall, like.zone ?? calendarZone), zone: like.zone }
}

/** A day begins at midnight of the calendar. */
export function instantOf(when: When, calendarZone: string): number {
  return when.kind === 'time' ? when.at : findWallClock(Date.parse(when.date), calendarZone)
}

/** What the id of an instance ends in: `20260112T090000Z`, of a day `20260112`. */
export function suffixOf(when: When): string {
  if (when.kind === 'date') return when.date.replaceAll('-', '')
  return `${new Date(when.at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

/** As long after `start` as `end` was after `from`. */
export function moveAlong(start: When, from: When, end: When): When {
  if (start.kind === 'date' && from.kind === 'date' && end.kind === 'date') {
    const days = Date.parse(end.date) - Date.parse(from.date)
    return { kind: 'date', date: new Date(Date.parse(start.date) + days).toISOString().slice(0, 10) }
  }
  if (start.kind === 'time' && from.kind === 'time' && end.kind === 'time') {
    return { kind: 'time', at: start.at + end.at - from.at, zone: end.zone }
  }
  return end
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  // The 30th of February is read as one of March.
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

function orNull(at: number): number | null {
  return Number.isNaN(at) ? null : at
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
