import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { DAY_MS, daysOf } from '#ec/providers/google-calendar/rule-days.js'
import { readRule, type Rule } from '#ec/providers/google-calendar/rule.js'
import { runs } from '../../../support/long.js'

const dayOf = (date: string): number => Date.parse(date) / DAY_MS
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

function ruleOf(text: string): Rule {
  const rule = readRule(text)
  if (rule === null) throw new Error(`${text} is no rule`)
  return rule
}

function days(text: string, first: string, most = 4, to = '2060-01-01'): readonly string[] {
  const found: string[] = []
  for (const day of daysOf(ruleOf(text), dayOf(first), dayOf(first), dayOf(to))) {
    found.push(dateOf(day))
    if (found.length === most) break
  }
  return found
}

describe('the days of a rule', () => {
  it.each([
    ['FREQ=DAILY;INTERVAL=3', '2026-01-30', '2026-01-30 2026-02-02 2026-02-05 2026-02-08'],
    ['FREQ=DAILY;COUNT=2;', '2026-01-30', '2026-01-30 2026-01-31'],
    ['freq=daily;count=2', '2026-01-30', '2026-01-30 2026-01-31'],
    // Legal, and what ical.js 2.2.1 never returns from.
    ['FREQ=DAILY;BYMONTHDAY=-1', '2026-01-10', '2026-01-31 2026-02-28 2026-03-31 2026-04-30'],
    ['FREQ=WEEKLY;BYDAY=MO,WE', '2026-01-06', '2026-01-07 2026-01-12 2026-01-14 2026-01-19'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4', '1997-08-05', '1997-08-05 1997-08-10 1997-08-19 1997-08-24'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4', '1997-08-05', '1997-08-05 1997-08-17 1997-08-19 1997-08-31'],
    ['FREQ=MONTHLY', '2026-01-31', '2026-01-31 2026-03-31 2026-05-31 2026-07-31'],
    ['FREQ=MONTHLY;BYDAY=2TU', '2026-01-06', '2026-01-13 2026-02-10 2026-03-10 2026-04-14'],
    ['FREQ=MONTHLY;BYDAY=-1FR', '2026-01-06', '2026-01-30 2026-02-27 2026-03-27 2026-04-24'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '2026-01-06', '2026-02-13 2026-03-13 2026-11-13 2027-08-13'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2026-01-06', '2026-01-30 2026-02-27 2026-03-31 2026-04-30'],
    ['FREQ=YEARLY', '2024-02-29', '2024-02-29 2028-02-29 2032-02-29 2036-02-29'],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', '2026-01-06', '2026-03-29 2027-03-28 2028-03-26 2029-03-25'],
    ['FREQ=YEARLY;BYDAY=20MO', '1997-05-19', '1997-05-19 1998-05-18 1999-05-17 2000-05-15'],
    ['FREQ=YEARLY;BYMONTHDAY=13', '2026-01-06', '2026-01-13 2026-02-13 2026-03-13 2026-04-13'],
    [
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
      '1996-11-05',
      '1996-11-05 2000-11-07 2004-11-02 2008-11-04',
    ],
    // Days that no calendar has.
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '2026-01-06', ''],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9', '2026-01-06', ''],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', '2026-01-06', ''],
  ])('%s from %s are %s', (text, first, expected) => {
    expect(days(text, first).join(' ')).toBe(expected)
  })

  it('cost no more for a series that began long ago', () => {
    const near = [...daysOf(ruleOf('FREQ=DAILY'), dayOf('0100-01-01'), dayOf('2026-01-01'), dayOf('2026-01-03'))]
    expect(near.map(dateOf)).toEqual(['2026-01-01', '2026-01-02', '2026-01-03'])
  })

  it('are those of any later window too', () => {
    const from = fc.integer({ min: 0, max: 3_000 })
    fc.assert(
      fc.property(anyRule, anyStart, from, fc.integer({ min: 1, max: 400 }), (text, first, skip, length) => {
        const rule = ruleOf(text)
        const all = [...daysOf(rule, first, first, first + skip + length)]
        const some = [...daysOf(rule, first, first + skip, first + skip + length)]
        expect(some).toEqual(all.filter(day => day >= first + skip))
      }),
      { numRuns: runs(300) },
    )
  })

  it('are those that ical.js finds, for the rules with which it comes to an end', () => {
    fc.assert(
      fc.property(plainRule, anyStart, (text, first) => {
        const [year, month, day] = dateOf(first).split('-').map(Number)
        const iterator = ICAL.Recur.fromString(text).iterator(
          new ICAL.Time({ year, month, day, hour: 10 }, ICAL.Timezone.localTimezone),
        )
        const found: string[] = []
        for (let next = iterator.next(); next !== null && found.length < 10; next = iterator.next()) {
          found.push(next.toString().slice(0, 10))
        }
        // It looks no further than 28 years.
        const soon = found.filter(date => date < '2050')
        expect(days(text, dateOf(first), 10, '2050-01-01').slice(0, soon.length)).toEqual(soon)
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('a rule', () => {
  it.each([
    '',
    'FREQ',
    'FREQ=HOURLY',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=x',
    'FREQ=DAILY;FREQ=WEEKLY',
    'FREQ=DAILY;UNTIL=20260230',
    'FREQ=DAILY;BYHOUR=3',
    'FREQ=WEEKLY;BYDAY=XX',
    'FREQ=WEEKLY;BYDAY=2MO',
    'FREQ=WEEKLY;BYMONTHDAY=3',
    'FREQ=WEEKLY;WKST=YY',
    'FREQ=MONTHLY;BYMONTHDAY=32',
    'FREQ=YEARLY;BYWEEKNO=20',
    'FREQ=YEARLY;BYMONTH=13',
    'FREQ=YEARLY;BYSETPOS=1',
  ])('is not %j', text => {
    expect(readRule(text)).toBeNull()
  })
})

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const anyStart = fc.integer({ min: dayOf('2000-01-01'), max: dayOf('2030-01-01') })
const weekdays = fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1, maxLength: 3 })
const nths = fc.tuple(fc.constantFrom(1, 2, 4, 5, -1, -2), fc.constantFrom(...DAYS)).map(([n, day]) => `${n}${day}`)
const month = fc.integer({ min: 1, max: 12 })
const interval = fc.integer({ min: 1, max: 5 })

const plainRule = fc.oneof(
  fc.tuple(interval).map(([n]) => `FREQ=DAILY;INTERVAL=${n}`),
  fc
    .tuple(interval, weekdays, fc.constantFrom(...DAYS))
    .map(([n, on, start]) => `FREQ=WEEKLY;INTERVAL=${n};BYDAY=${on};WKST=${start}`),
  fc.tuple(interval, fc.constantFrom(1, 15, 28, -1)).map(([n, on]) => `FREQ=MONTHLY;INTERVAL=${n};BYMONTHDAY=${on}`),
  fc.tuple(fc.constantFrom(1, 2, 3), nths).map(([n, on]) => `FREQ=MONTHLY;INTERVAL=${n};BYDAY=${on}`),
  fc.tuple(month, nths).map(([of, on]) => `FREQ=YEARLY;BYMONTH=${of};BYDAY=${on}`),
  fc.tuple(interval, month).map(([n, of]) => `FREQ=YEARLY;INTERVAL=${n};BYMONTH=${of};BYMONTHDAY=28`),
)

const part = (name: string, values: fc.Arbitrary<readonly unknown[]>) =>
  fc.option(
    values.map(list => `;${name}=${list.join(',')}`),
    { nil: '' },
  )
const anyRule = fc
  .tuple(
    fc.constantFrom('DAILY', 'MONTHLY', 'YEARLY'),
    interval,
    part('BYMONTH', fc.uniqueArray(month, { minLength: 1, maxLength: 3 })),
    part('BYMONTHDAY', fc.uniqueArray(fc.constantFrom(1, 13, 30, 31, -1, -31), { minLength: 1, maxLength: 2 })),
    part('BYDAY', weekdays),
    fc.constantFrom('', ';COUNT=7'),
  )
  .map(([freq, n, ...parts]) => `FREQ=${freq};INTERVAL=${n}${parts.join('')}`)
