/** Whether a text is an IANA time zone that this Node knows, as Europe/Madrid. */
export function isTimeZone(name: string): boolean {
  const known = judged.get(name)
  if (known !== undefined) return known
  if (judged.size >= MAX_ZONES) judged.clear()
  const found = askWhetherZone(name)
  // Names are short, and what is not one may be of any length.
  if (name.length <= MAX_NAME) judged.set(name, found)
  return found
}

function askWhetherZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** To ask takes 0.1 ms, and each event of a calendar names its zone twice. */
const judged = new Map<string, boolean>()
const MAX_NAME = 64

/** What Intl knows of a zone, and what was asked of it: it takes 20 us to answer, and events come in streams. */
interface Zone {
  readonly format: Intl.DateTimeFormat
  /** How far the wall clock is ahead of UTC (ms), by the minute since 1970. */
  readonly offsets: Map<number, number>
  /** The same, by spans of some days; null = it changes within. */
  readonly spans: Map<number, number | null>
}

const zones = new Map<string, Zone>()
const MAX_ZONES = 500
const MAX_OFFSETS = 1000
/** Since then every zone changes its clock at a whole minute. */
const WHOLE_MINUTES_SINCE = Date.UTC(1973, 0)

/**
 * What a wall clock of the zone reads at an instant, as if the clock stood in UTC: 22:00 in Madrid is the instant of
 * 22:00Z on the same date. Whole seconds. Throws a RangeError for a zone that is none.
 */
export function readWallClock(at: number, zone: string): number {
  const second = Math.floor(at / SECOND_MS) * SECOND_MS
  const known = zoneOf(zone)
  if (at < WHOLE_MINUTES_SINCE) return askIntl(second, known)
  const steady = steadyOffset(second, known)
  if (steady !== null) return second + steady
  const minute = Math.floor(at / MINUTE_MS)
  const offset = known.offsets.get(minute)
  if (offset !== undefined) return second + offset
  const wall = askIntl(second, known)
  if (known.offsets.size >= MAX_OFFSETS) known.offsets.clear()
  known.offsets.set(minute, wall - second)
  return wall
}

/**
 * The offset of a span of days at whose beginning and end it is the same. No zone has changed its clock twice within so
 * few days since 1973: the closest are a week apart (Brazil in October 2000; tzdata 2025b).
 */
function steadyOffset(at: number, zone: Zone): number | null {
  const { spans } = zone
  const span = Math.floor(at / SPAN_MS)
  const known = spans.get(span)
  if (known !== undefined) return known
  const [first = 0, last = 0] = [span * SPAN_MS, (span + 1) * SPAN_MS].map(edge => askIntl(edge, zone) - edge)
  const offset = first === last ? first : null
  if (spans.size >= MAX_OFFSETS) spans.clear()
  spans.set(span, offset)
  return offset
}

function askIntl(at: number, { format }: Zone): number {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  return Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'))
}

/**
 * The first instant at which a wall clock of the zone reads `wall` (as `readWallClock` gives it) or later. Of an hour
 * that comes twice that is the first; for a reading that is skipped it is the instant of the jump. So it never runs
 * backwards: a later reading has the same instant or a later one.
 */
export function findWallClock(wall: number, zone: string): number {
  const offsets = [wall - DAY_MS, wall + DAY_MS].map(near => readWallClock(near, zone) - near)
  const candidates = offsets.map(offset => wall - offset).sort((a, b) => a - b)
  const [first = wall, last = wall] = candidates
  const found = candidates.find(at => readWallClock(at, zone) === wall)
  return found ?? findJump(wall, zone, first, last)
}

const DAY_MS = 24 * 3_600_000
const SPAN_MS = 4 * DAY_MS
const MINUTE_MS = 60_000
const SECOND_MS = 1000

/** The clock reads less than `wall` at `before` and more at `after`. */
function findJump(wall: number, zone: string, before: number, after: number): number {
  let [low, high] = [before, after]
  while (high - low > SECOND_MS) {
    const middle = low + Math.floor((high - low) / (2 * SECOND_MS)) * SECOND_MS
    if (readWallClock(middle, zone) < wall) low = middle
    else high = middle
  }
  return high
}

function zoneOf(name: string): Zone {
  const known = zones.get(name)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const made = { format, offsets: new Map<number, number>(), spans: new Map<number, number | null>() }
  if (zones.size >= MAX_ZONES) zones.clear()
  zones.set(name, made)
  return made
}
