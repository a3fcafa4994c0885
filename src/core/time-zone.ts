/** Whether a text is an IANA time zone that this Node knows, as Europe/Madrid. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** To make a formatter takes a hundred times as long as to use it. */
const clocks = new Map<string, Intl.DateTimeFormat>()
const MAX_CLOCKS = 500

/**
 * What a wall clock of the zone reads at an instant, as if the clock stood in UTC: 22:00 in Madrid is the instant of
 * 22:00Z on the same date. Whole seconds. Throws a RangeError for a zone that is none.
 */
export function readWallClock(at: number, zone: string): number {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
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

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
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
  if (clocks.size >= MAX_CLOCKS) clocks.clear()
  clocks.set(zone, made)
  return made
}
