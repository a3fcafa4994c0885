import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findWallClock, isTimeZone, readWallClock } from '#ec/core/time-zone.js'

function wall(at: string, zone: string): string {
  return new Date(readWallClock(Date.parse(at), zone)).toISOString().slice(0, 19)
}

it.each([
  ['2026-01-05T12:34:56Z', 'Europe/Madrid', '2026-01-05T13:34:56'],
  ['2026-01-05T12:34:56.999Z', 'Asia/Kathmandu', '2026-01-05T18:19:56'],
  // Newfoundland changed its clocks a minute after midnight until 2011.
  ['2010-03-14T03:30:59Z', 'America/St_Johns', '2010-03-14T00:00:59'],
  ['2010-03-14T03:31:00Z', 'America/St_Johns', '2010-03-14T01:01:00'],
  // Liberia was 44 minutes and a half behind until 1972.
  ['1971-06-01T00:44:30Z', 'Africa/Monrovia', '1971-06-01T00:00:00'],
  ['1971-06-01T00:44:29Z', 'Africa/Monrovia', '1971-05-31T23:59:59'],
])('at %s a clock in %s reads %s, the first time and again', (at, zone, expected) => {
  expect([wall(at, zone), wall(at, zone)]).toEqual([expected, expected])
})

it('gives the same reading in any order, far more often than it remembers', () => {
  const start = Date.parse('2026-03-29T00:00:00Z')
  const minutes = Array.from({ length: 2_500 }, (_, i) => start + i * 60_000)
  const forwards = minutes.map(at => readWallClock(at, 'Europe/Madrid') - at)
  const backwards = minutes.toReversed().map(at => readWallClock(at, 'Europe/Madrid') - at)
  expect(backwards.toReversed()).toEqual(forwards)
  expect(forwards.map((ahead, i) => (ahead === 3_600_000 ? i : -1)).findLast(i => i >= 0)).toBe(59)
})

it.each([
  ['2026-03-29T02:30:00', 'Europe/Madrid', '2026-03-29T01:00:00.000Z'],
  ['2026-10-25T02:30:00', 'Europe/Madrid', '2026-10-25T00:30:00.000Z'],
  ['2010-03-14T00:30:00', 'America/St_Johns', '2010-03-14T03:31:00.000Z'],
  // Samoa left out 30 December 2011.
  ['2011-12-30T12:00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
])('%s in %s is the instant %s', (reading, zone, expected) => {
  expect(new Date(findWallClock(Date.parse(`${reading}Z`), zone)).toISOString()).toBe(expected)
})

it('knows a time zone from any other text', () => {
  expect(['Europe/Madrid', 'UTC'].map(isTimeZone)).toEqual([true, true])
  expect(['', 'Mars/Olympus', 'Europe/Madrid '].map(isTimeZone)).toEqual([false, false, false])
})

it('reads every clock as Intl does, before and after each change of it', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  const instant = fc.integer({ min: Date.UTC(1960, 0) / 1000, max: Date.UTC(2060, 0) / 1000 })
  fc.assert(
    fc.property(fc.constantFrom(...zones), instant, fc.array(fc.integer({ min: -9, max: 9 })), (zone, second, days) => {
      const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
      for (const day of [0, ...days]) {
        const at = (second + day * 86_400) * 1000
        expect(wall(new Date(at).toISOString(), zone).replace('T', ' ')).toBe(format.format(at))
      }
    }),
    { numRuns: 500 },
  )
})
