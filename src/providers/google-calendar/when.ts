import { parseInstant } from '../../core/event-draft.ts'
import { peekString } from '../../core/peek.ts'
import { findWallClock, isTimeZone } from '../../core/time-zone.ts'

/** The edge of an event: a day without any zone, or an instant with the zone in which it was planned. */
export type When =
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'time'; readonly at: number; readonly zone: string }

/** Reads Google's `{date}` or `{dateTime, timeZone}`; null for what is neither. Never the zone of this machine. Total. */
export function readWhen(value: unknown): When | null {
  const date = peekString(value, 'date')
  if (date !== '') return isDate(date) ? { kind: 'date', date } : null
  const named = peekString(value, 'timeZone')
  const zone = named !== '' && isTimeZone(named) ? named : UTC
  const text = peekString(value, 'dateTime')
  const at = OFFSET.test(text) ? parseInstant(text) : parseInstant(`${text}Z`)
  if (Number.isNaN(at)) return null
  // Google always writes the offset; without one the zone says what is meant.
  return { kind: 'time', at: OFFSET.test(text) ? at : findWallClock(at, zone), zone }
}

const UTC = 'UTC'
const OFFSET = /(?:Z|[+-]\d{2}:\d{2})$/

/** An instant; a day is the midnight of UTC at which it begins, so that days compare with days. */
export function instantOf(when: When): number {
  return when.kind === 'time' ? when.at : Date.parse(when.date)
}

export function sameWhen(a: When | null, b: When | null): boolean {
  if (a === null || b === null) return a === b
  return a.kind === b.kind && instantOf(a) === instantOf(b)
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  // The 30th of February would be read as one of March.
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
