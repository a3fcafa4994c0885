import { Cron } from 'croner'
import { DEFAULT_DIGEST, type DigestRule } from './digest-rule.ts'
import { WEEKDAYS } from './quiet-hours.ts'
import { findWallClock, readWallClock } from './time-zone.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Readings of the clock that may fall on instants that have passed: those of an hour that comes twice. */
const MAX_REPEATED = 200
const MAX_CRONS = 500

const crons = new Map<string, Cron>()

/**
 * The first instant (ms) of a person's digest after another. Pure. The rule goes by the wall clock of `zone`; an instant is
 * the first at which the clock reads what the rule says, or later: one in an hour that is skipped falls on the jump, one
 * in an hour that comes twice counts the first time. Null for a cron that never falls.
 */
export function nextDigestAt(rule: DigestRule, zone: string, after: number): number | null {
  let wall = readWallClock(after, zone)
  for (let tries = 0; tries < MAX_REPEATED; tries++) {
    const next = nextReading(rule, wall)
    if (next === null) return null
    const at = findWallClock(next, zone)
    if (at > after) return at
    wall = next
  }
  return null
}

/**
 * Whether a text is a cron for digests: five fields, at one minute of the hour, on some day that comes. More than once an
 * hour would be no digest.
 */
export function isDigestCron(text: string): boolean {
  if (!/^([0-5]?\d)( \S+){4}$/.test(text)) return false
  try {
    return readCron(text).nextRun(new Date(0)) !== null
  } catch {
    return false
  }
}

/** The next reading of the wall clock (as `readWallClock` gives it) that the rule names, after one. */
function nextReading(
  { every, at = DEFAULT_DIGEST.at ?? '', weekday = 'mon' }: DigestRule,
  after: number,
): number | null {
  if (every !== 'daily' && every !== 'weekly') return readCron(every).nextRun(new Date(after))?.getTime() ?? null
  const minutes = Number(at.slice(0, 2)) * 60 + Number(at.slice(3, 5))
  const today = Math.floor(after / DAY_MS)
  // 1 January 1970 was a Thursday.
  const ahead = every === 'daily' ? 0 : (WEEKDAYS.indexOf(weekday) - ((today + 3) % 7) + 7) % 7
  const next = (today + ahead) * DAY_MS + minutes * MINUTE_MS
  return next > after ? next : next + (every === 'daily' ? 1 : 7) * DAY_MS
}

/** Read in UTC, where no clock jumps: how a reading becomes an instant is decided above, for all rules alike. */
function readCron(text: string): Cron {
  const known = crons.get(text)
  if (known !== undefined) return known
  const cron = new Cron(text, { mode: '5-part', timezone: 'UTC', paused: true })
  if (crons.size >= MAX_CRONS) crons.clear()
  crons.set(text, cron)
  return cron
}
