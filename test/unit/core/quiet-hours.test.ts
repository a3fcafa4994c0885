import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeQuiet, WEEKDAYS, type QuietRule } from '#ec/core/quiet-hours.js'

const night = { from: '22:00', to: '07:00' } as const

function judge(at: string, zone: string, rule: QuietRule): string {
  const { quiet, until } = judgeQuiet(Date.parse(at), zone, rule)
  return `${quiet ? 'quiet' : 'open'} until ${until === null ? 'ever' : new Date(until).toISOString()}`
}

describe('over midnight', () => {
  it.each([
    ['2026-01-05T20:59:59Z', 'open until 2026-01-05T21:00:00.000Z'],
    ['2026-01-05T21:00:00Z', 'quiet until 2026-01-06T06:00:00.000Z'],
    ['2026-01-05T23:00:00Z', 'quiet until 2026-01-06T06:00:00.000Z'],
    ['2026-01-06T05:59:59.999Z', 'quiet until 2026-01-06T06:00:00.000Z'],
    ['2026-01-06T06:00:00Z', 'open until 2026-01-06T21:00:00.000Z'],
  ])('in Madrid, at %s: %s', (at, expected) => {
    expect(judge(at, 'Europe/Madrid', night)).toBe(expected)
  })

  it.each([
    ['Asia/Kolkata', '2026-01-05T16:30:00Z', 'quiet until 2026-01-06T01:30:00.000Z'],
    ['Asia/Kathmandu', '2026-01-05T16:15:00Z', 'quiet until 2026-01-06T01:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-01-05T08:00:00Z', 'quiet until 2026-01-05T17:00:00.000Z'],
    ['UTC', '2026-01-05T22:00:00Z', 'quiet until 2026-01-06T07:00:00.000Z'],
  ])('in %s, which knows no summer time, at %s: %s', (zone, at, expected) => {
    expect(judge(at, zone, night)).toBe(expected)
  })
})

describe('when the clock jumps forward', () => {
  it.each([
    // Madrid: at 01:00Z on 29 March 02:00 becomes 03:00, so this night has eight hours.
    ['Europe/Madrid', night, '2026-03-28T21:00:00Z', 'quiet until 2026-03-29T05:00:00.000Z'],
    ['Europe/Madrid', night, '2026-03-29T04:59:59Z', 'quiet until 2026-03-29T05:00:00.000Z'],
    ['Europe/Madrid', { from: '22:00', to: '02:30' }, '2026-03-29T00:59:59Z', 'quiet until 2026-03-29T01:00:00.000Z'],
    ['Europe/Madrid', { from: '02:30', to: '07:00' }, '2026-03-29T00:59:59Z', 'open until 2026-03-29T01:00:00.000Z'],
    ['Europe/Madrid', { from: '02:10', to: '02:50' }, '2026-03-29T01:00:00Z', 'open until 2026-03-30T00:10:00.000Z'],
    // New York: at 07:00Z on 8 March.
    ['America/New_York', night, '2026-03-08T03:00:00Z', 'quiet until 2026-03-08T11:00:00.000Z'],
    [
      'America/New_York',
      { from: '23:00', to: '02:30' },
      '2026-03-08T06:30:00Z',
      'quiet until 2026-03-08T07:00:00.000Z',
    ],
    // Lord Howe: at 15:30Z on 3 October 02:00 becomes 02:30.
    ['Australia/Lord_Howe', night, '2026-10-03T11:30:00Z', 'quiet until 2026-10-03T20:00:00.000Z'],
    [
      'Australia/Lord_Howe',
      { from: '22:00', to: '02:15' },
      '2026-10-03T15:00:00Z',
      'quiet until 2026-10-03T15:30:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      { from: '22:00', to: '02:30' },
      '2026-10-03T15:00:00Z',
      'quiet until 2026-10-03T15:30:00.000Z',
    ],
    // Beirut: midnight itself is skipped.
    ['Asia/Beirut', { from: '20:00', to: '00:00' }, '2026-03-28T21:59:59Z', 'quiet until 2026-03-28T22:00:00.000Z'],
  ] as const)('in %s with %o, at %s: %s', (zone, rule, at, expected) => {
    expect(judge(at, zone, rule)).toBe(expected)
  })
})

describe('when an hour comes twice', () => {
  it.each([
    // Madrid: at 01:00Z on 25 October 03:00 becomes 02:00, so this night has ten hours.
    ['Europe/Madrid', night, '2026-10-24T20:00:00Z', 'quiet until 2026-10-25T06:00:00.000Z'],
    ['Europe/Madrid', { from: '22:00', to: '02:30' }, '2026-10-25T00:29:59Z', 'quiet until 2026-10-25T00:30:00.000Z'],
    // 02:10 for the second time: the quiet ended at the first 02:30 and does not come back.
    ['Europe/Madrid', { from: '22:00', to: '02:30' }, '2026-10-25T01:10:00Z', 'open until 2026-10-25T21:00:00.000Z'],
    ['Europe/Madrid', { from: '02:30', to: '07:00' }, '2026-10-25T00:30:00Z', 'quiet until 2026-10-25T06:00:00.000Z'],
    ['Europe/Madrid', { from: '02:30', to: '07:00' }, '2026-10-25T01:10:00Z', 'quiet until 2026-10-25T06:00:00.000Z'],
    // New York: at 06:00Z on 1 November.
    ['America/New_York', night, '2026-11-01T02:00:00Z', 'quiet until 2026-11-01T12:00:00.000Z'],
    [
      'America/New_York',
      { from: '23:00', to: '01:30' },
      '2026-11-01T05:29:59Z',
      'quiet until 2026-11-01T05:30:00.000Z',
    ],
    // Lord Howe: at 15:00Z on 4 April 02:00 becomes 01:30.
    ['Australia/Lord_Howe', night, '2026-04-04T11:00:00Z', 'quiet until 2026-04-04T20:30:00.000Z'],
    [
      'Australia/Lord_Howe',
      { from: '22:00', to: '01:45' },
      '2026-04-04T14:44:59Z',
      'quiet until 2026-04-04T14:45:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      { from: '22:00', to: '01:45' },
      '2026-04-04T15:05:00Z',
      'open until 2026-04-05T11:30:00.000Z',
    ],
  ] as const)('in %s with %o, at %s: %s', (zone, rule, at, expected) => {
    expect(judge(at, zone, rule)).toBe(expected)
  })
})

describe('on some days only', () => {
  it.each([
    // A Friday's night goes on into Saturday; the one of Saturday does not count.
    [{ ...night, days: ['fri'] }, '2026-01-09T23:00:00Z', 'quiet until 2026-01-10T07:00:00.000Z'],
    [{ ...night, days: ['fri'] }, '2026-01-10T23:00:00Z', 'open until 2026-01-16T22:00:00.000Z'],
    // Two whole days one after the other are one quiet.
    [
      { from: '00:00', to: '00:00', days: ['sat', 'sun'] },
      '2026-01-10T12:00:00Z',
      'quiet until 2026-01-12T00:00:00.000Z',
    ],
    [
      { from: '00:00', to: '00:00', days: ['sat', 'sun'] },
      '2026-01-12T00:00:00Z',
      'open until 2026-01-17T00:00:00.000Z',
    ],
    [{ from: '00:00', to: '00:00' }, '2026-01-12T00:00:00Z', 'quiet until ever'],
    [{ ...night, days: [] }, '2026-01-12T00:00:00Z', 'open until ever'],
  ] as const)('%o at %s: %s', (rule, at, expected) => {
    expect(judge(at, 'UTC', rule)).toBe(expected)
  })

  it('begins with a day that has the half of its night in a jump of a whole day', () => {
    // Samoa left out 30 December 2011.
    expect(judge('2011-12-30T09:00:00Z', 'Pacific/Apia', night)).toBe('quiet until 2011-12-30T17:00:00.000Z')
  })
})

const zones = ['Europe/Madrid', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Asia/Beirut']
const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 })
const instants = fc
  .integer({ min: Date.parse('2024-01-01T00:00:00Z') / 1000, max: Date.parse('2032-01-01T00:00:00Z') / 1000 })
  .map(s => s * 1000)
/** A jump can swallow what a day leaves open, so at least an hour and a minute stay so. */
const daily = fc
  .tuple(minutes, fc.integer({ min: 1, max: 24 * 60 - 61 }))
  .map(([from, length]) => ({ from: clock(from), to: clock((from + length) % (24 * 60)) }))
const anyRule = fc.record(
  { from: minutes.map(clock), to: minutes.map(clock), days: fc.subarray([...WEEKDAYS]) },
  { requiredKeys: ['from', 'to'] },
)

describe('whatever the rule', () => {
  it('ends a daily quiet later than now, within 25 hours, and not in another quiet', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), daily, (at, zone, rule) => {
        const { quiet, until } = judgeQuiet(at, zone, rule)
        if (until === null) throw new Error('a daily rule always changes')
        expect(until).toBeGreaterThan(at)
        expect(until - at).toBeLessThanOrEqual(25 * 3_600_000)
        expect(judgeQuiet(until, zone, rule).quiet).toBe(!quiet)
      }),
      { numRuns: 300 },
    )
  })

  it('says the same at every instant until then', () => {
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom(...zones),
        anyRule,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (...drawn) => {
          const [at, zone, rule, part] = drawn
          const first = judgeQuiet(at, zone, rule)
          const later = first.until === null ? at + part * 1e9 : at + (first.until - at) * part
          expect(judgeQuiet(Math.floor(later), zone, rule)).toEqual(first)
        },
      ),
      { numRuns: 300 },
    )
  })
})

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
