import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DigestRule } from '#ec/core/digest-rule.js'
import { isDigestCron, nextDigestAt } from '#ec/core/next-digest.js'
import { WEEKDAYS } from '#ec/core/quiet-hours.js'
import { readWallClock } from '#ec/core/time-zone.js'
import { runs } from '../../support/long.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The next instants, as many as asked for. */
function next(rule: DigestRule, zone: string, from: string, n = 1): readonly string[] {
  const found: string[] = []
  for (let after = Date.parse(from); found.length < n;) {
    const at = nextDigestAt(rule, zone, after)
    if (at === null) break
    found.push(new Date(at).toISOString().replace(':00.000', ''))
    after = at
  }
  return found
}

const daily = (at: string): DigestRule => ({ every: 'daily', at })

describe('a digest', () => {
  it.each<[string, DigestRule, string, readonly string[]]>([
    ['Europe/Madrid', daily('08:00'), '2026-01-05T06:59:59Z', ['2026-01-05T07:00Z', '2026-01-06T07:00Z']],
    ['Europe/Madrid', daily('08:00'), '2026-01-05T07:00:00Z', ['2026-01-06T07:00Z', '2026-01-07T07:00Z']],
    ['Asia/Kolkata', daily('08:00'), '2026-01-05T02:29:00Z', ['2026-01-05T02:30Z', '2026-01-06T02:30Z']],
    ['Pacific/Kiritimati', daily('00:00'), '2026-01-05T09:59:00Z', ['2026-01-05T10:00Z', '2026-01-06T10:00Z']],
    ['UTC', { every: 'daily' }, '2026-01-05T09:00:00Z', ['2026-01-06T08:00Z']],
    ['UTC', { every: 'weekly' }, '2026-01-05T08:00:00Z', ['2026-01-12T08:00Z', '2026-01-19T08:00Z']],
    ['UTC', { every: 'weekly' }, '2026-01-05T07:59:00Z', ['2026-01-05T08:00Z']],
    [
      'America/New_York',
      { every: 'weekly', weekday: 'sun', at: '20:00' },
      '2026-01-05T02:00:00Z',
      ['2026-01-12T01:00Z', '2026-01-19T01:00Z'],
    ],
    ['Europe/Madrid', { every: '30 7 * * 1-5' }, '2026-01-09T07:00:00Z', ['2026-01-12T06:30Z', '2026-01-13T06:30Z']],
    ['Europe/Madrid', { every: '0 8 L * *' }, '2026-01-05T00:00:00Z', ['2026-01-31T07:00Z', '2026-02-28T07:00Z']],
  ])('in %s, by %o, after %s comes at %s', (zone, rule, from, expected) => {
    expect(next(rule, zone, from, expected.length)).toEqual(expected)
  })
})

describe('when the clock jumps forward', () => {
  it.each<[string, DigestRule, string, readonly string[]]>([
    // Madrid: at 01:00Z on 29 March 02:00 becomes 03:00.
    ['Europe/Madrid', daily('08:00'), '2026-03-28T00:00:00Z', ['2026-03-28T07:00Z', '2026-03-29T06:00Z']],
    [
      'Europe/Madrid',
      daily('02:30'),
      '2026-03-28T00:00:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    ['Europe/Madrid', { every: '30 2 * * *' }, '2026-03-28T12:00:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    // New York: at 07:00Z on 8 March.
    ['America/New_York', daily('02:30'), '2026-03-08T00:00:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    [
      'America/New_York',
      { every: 'weekly', weekday: 'sun', at: '02:30' },
      '2026-03-02T00:00:00Z',
      ['2026-03-08T07:00Z', '2026-03-15T06:30Z'],
    ],
    // Kolkata knows no summer time.
    ['Asia/Kolkata', daily('03:30'), '2026-03-28T12:00:00Z', ['2026-03-28T22:00Z', '2026-03-29T22:00Z']],
    // Santiago: at 04:00Z on 6 September midnight becomes 01:00.
    [
      'America/Santiago',
      daily('00:30'),
      '2026-09-05T00:00:00Z',
      ['2026-09-05T04:30Z', '2026-09-06T04:00Z', '2026-09-07T03:30Z'],
    ],
    // Lord Howe: at 15:30Z on 3 October 02:00 becomes 02:30.
    ['Australia/Lord_Howe', daily('02:15'), '2026-10-03T00:00:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z']],
  ])('in %s, by %o, after %s comes at %s', (zone, rule, from, expected) => {
    expect(next(rule, zone, from, expected.length)).toEqual(expected)
  })
})

describe('when an hour comes twice', () => {
  it.each<[string, DigestRule, string, readonly string[]]>([
    // Madrid: at 01:00Z on 25 October 03:00 becomes 02:00.
    [
      'Europe/Madrid',
      daily('02:30'),
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-27T01:30Z'],
    ],
    ['Europe/Madrid', daily('02:30'), '2026-10-25T01:10:00Z', ['2026-10-26T01:30Z']],
    [
      'Europe/Madrid',
      { every: '30 * * * *' },
      '2026-10-24T23:00:00Z',
      ['2026-10-24T23:30Z', '2026-10-25T00:30Z', '2026-10-25T02:30Z'],
    ],
    // New York: at 06:00Z on 1 November.
    ['America/New_York', daily('01:30'), '2026-11-01T00:00:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    ['Asia/Kolkata', daily('01:30'), '2026-10-24T12:00:00Z', ['2026-10-24T20:00Z', '2026-10-25T20:00Z']],
    // Santiago: at 03:00Z on 5 April midnight becomes 23:00 of the day before.
    ['America/Santiago', daily('23:30'), '2026-04-04T12:00:00Z', ['2026-04-05T02:30Z', '2026-04-06T03:30Z']],
  ])('in %s, by %o, after %s comes at %s', (zone, rule, from, expected) => {
    expect(next(rule, zone, from, expected.length)).toEqual(expected)
  })
})

describe('against a clock that is read minute by minute', () => {
  const zones = ['Europe/Madrid', 'America/New_York', 'Asia/Kolkata', 'America/Santiago', 'Australia/Lord_Howe', 'UTC']
  const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  // The days around which clocks change, and any other.
  const days = ['2026-03-28', '2026-03-07', '2026-10-24', '2026-10-31', '2026-04-04', '2026-09-05', '2026-06-15']
  const start = fc.tuple(fc.constantFrom(...days), fc.integer({ min: 0, max: 3 * 24 * 60 }))

  it('comes with the first minute that reads what the rule says, or more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        time,
        start,
        fc.option(fc.constantFrom(...WEEKDAYS)),
        (zone, at, from, day) => {
          const [hour, minute] = at
          const text = [hour, minute].map(n => String(n).padStart(2, '0')).join(':')
          const after = Date.parse(`${from[0]}T00:00:00Z`) + from[1] * MINUTE
          const found = stepThrough(zone, hour * 60 + minute, day, after)
          const rule: DigestRule = day === null ? daily(text) : { every: 'weekly', weekday: day, at: text }
          expect(nextDigestAt(rule, zone, after)).toBe(found)
          const cron = `${minute} ${hour} * * ${day === null ? '*' : day.toUpperCase()}`
          expect(nextDigestAt({ every: cron }, zone, after)).toBe(found)
        },
      ),
      { numRuns: runs(60) },
    )
  })
})

describe('a cron', () => {
  it.each(['0 8 * * *', '30 7 * * 1-5', '0 */2 * * *', '5 8,20 * * MON', '0 8 L * *', '0 8 29 2 *'])(
    'may be %s',
    text => {
      expect(isDigestCron(text)).toBe(true)
    },
  )

  it.each([
    ['more than once an hour', '*/5 * * * *'],
    ['at two minutes of an hour', '0,30 8 * * *'],
    ['with seconds', '0 0 8 * * *'],
    ['a name for one', '@daily'],
    ['a day that never comes', '0 8 30 2 *'],
    ['no cron', '0 8 nonsense * *'],
    ['an hour that there is not', '0 25 * * *'],
    ['with blanks around it', ' 0 8 * * *'],
  ])('may not be %s: %s', (_what, text) => {
    expect(isDigestCron(text)).toBe(false)
  })
})

/** What the clock has read by then only ever grows, so a reading that comes again is none. */
function stepThrough(zone: string, minutes: number, day: string | null, after: number): number {
  let highest = Number.NEGATIVE_INFINITY
  for (let at = after - DAY; ; at += MINUTE) {
    const wall = readWallClock(at, zone)
    const target = latestTarget(wall, minutes, day)
    if (target > highest && highest !== Number.NEGATIVE_INFINITY && at > after) return at
    highest = Math.max(highest, wall)
  }
}

/** The last reading up to `wall` that the rule names. */
function latestTarget(wall: number, minutes: number, day: string | null): number {
  for (let date = Math.floor(wall / DAY); ; date--) {
    const target = date * DAY + minutes * MINUTE
    if (target <= wall && (day === null || WEEKDAYS[(date + 3) % 7] === day)) return target
  }
}
