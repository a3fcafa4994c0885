import { describe, expect, it } from 'vitest'
import { readRecurrence, startsOf } from '#ec/sandbox/calendar/recurrence.js'
import { readWhen, showInstant, showWhen } from '#ec/sandbox/calendar/when.js'

const MADRID = 'Europe/Madrid'

/** The first starts of a series, as a clock in its zone shows them. */
function starts(lines: readonly string[], start: string, zone = MADRID, count = 6): readonly string[] {
  const recurrence = readRecurrence(lines)
  const when = readWhen(start.includes('T') ? { dateTime: start, timeZone: zone } : { date: start })
  if (recurrence === null || when === null) return ['not understood']
  const found = startsOf(recurrence, when, zone, Date.parse('2036-01-01T00:00:00Z')).slice(0, count)
  return found.map(one => (one.kind === 'date' ? one.date : showInstant(one.at, zone).slice(0, 16)))
}

describe('a series', () => {
  it.each([
    [['RRULE:FREQ=DAILY;COUNT=3'], '2026-01-05T10:00:00', ['2026-01-05T10:00', '2026-01-06T10:00', '2026-01-07T10:00']],
    [
      ['RRULE:FREQ=DAILY;UNTIL=20260107T090000Z'],
      '2026-01-05T10:00:00',
      ['2026-01-05T10:00', '2026-01-06T10:00', '2026-01-07T10:00'],
    ],
    [['RRULE:FREQ=DAILY;UNTIL=20260107T085959Z'], '2026-01-05T10:00:00', ['2026-01-05T10:00', '2026-01-06T10:00']],
    [['RRULE:FREQ=DAILY;UNTIL=20260106'], '2026-01-05', ['2026-01-05', '2026-01-06']],
    [['RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4'], '2026-01-05', ['2026-01-05', '2026-01-07', '2026-01-12', '2026-01-14']],
    [
      ['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4'],
      '1997-08-05',
      ['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24'],
    ],
    [
      ['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4'],
      '1997-08-05',
      ['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31'],
    ],
    [['RRULE:FREQ=MONTHLY;COUNT=3'], '2026-01-31', ['2026-01-31', '2026-03-31', '2026-05-31']],
    [['RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3'], '2026-01-31', ['2026-01-31', '2026-02-28', '2026-03-31']],
    [['RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3'], '2026-01-13', ['2026-01-13', '2026-02-10', '2026-03-10']],
    [['RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=2'], '2026-01-30', ['2026-01-30', '2026-02-27']],
    [['RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2'], '2026-01-30', ['2026-01-30', '2026-02-27']],
    [['RRULE:FREQ=YEARLY;COUNT=2'], '2024-02-29', ['2024-02-29', '2028-02-29']],
    [['RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2'], '2026-11-26', ['2026-11-26', '2027-11-25']],
    [
      ['RRULE:FREQ=DAILY;COUNT=4', 'EXDATE;TZID=Europe/Madrid:20260106T100000'],
      '2026-01-05T10:00:00',
      ['2026-01-05T10:00', '2026-01-07T10:00', '2026-01-08T10:00'],
    ],
    [
      ['RRULE:FREQ=DAILY;COUNT=3', 'EXDATE:20260106T090000Z'],
      '2026-01-05T10:00:00',
      ['2026-01-05T10:00', '2026-01-07T10:00'],
    ],
    [['RRULE:FREQ=DAILY;COUNT=3', 'EXDATE;VALUE=DATE:20260106'], '2026-01-05', ['2026-01-05', '2026-01-07']],
    [['RDATE;TZID=Europe/Madrid:20260110T120000'], '2026-01-05T10:00:00', ['2026-01-05T10:00', '2026-01-10T12:00']],
    // What does not fit the rule is there all the same, and is not counted.
    [['RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30'], '2026-01-05', ['2026-01-05']],
    [['RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2'], '2026-01-05', ['2026-01-05', '2026-01-06', '2026-01-13']],
  ])('%j from %s', (lines, start, expected) => {
    expect(starts(lines, start)).toEqual(expected)
  })

  it.each([
    ['2026-03-27T10:00:00', ['27T09:00', '28T09:00', '29T08:00', '30T08:00']],
    // 02:30 is skipped on the 29th of March in Madrid.
    ['2026-03-28T02:30:00', ['28T01:30', '29T01:00', '30T00:30', '31T00:30']],
    // It comes twice on the 25th of October, and the first counts.
    ['2026-10-24T02:30:00', ['24T00:30', '25T00:30', '26T01:30', '27T01:30']],
  ])('keeps to the clock on the wall where summer begins and ends: %s', (start, utc) => {
    const recurrence = readRecurrence(['RRULE:FREQ=DAILY;COUNT=4'])
    const when = readWhen({ dateTime: start, timeZone: MADRID })
    const found = startsOf(recurrence!, when!, MADRID, Date.parse('2027-01-01T00:00:00Z'))
    expect(found.map(one => (one.kind === 'time' ? new Date(one.at).toISOString().slice(8, 16) : ''))).toEqual(utc)
  })

  it.each([
    'RRULE:FREQ=HOURLY',
    'RRULE:FREQ=DAILY;COUNT=0',
    'RRULE:FREQ=DAILY;COUNT=2;UNTIL=20260101',
    'RRULE:FREQ=DAILY;INTERVAL=0',
    'RRULE:FREQ=WEEKLY;BYDAY=2MO',
    'RRULE:FREQ=DAILY;BYHOUR=9',
    'RRULE:FREQ=MONTHLY;BYMONTHDAY=0',
    'RRULE:',
    'EXRULE:FREQ=DAILY',
    'EXDATE;TZID=Nowhere/Here:20260101T000000',
    'nonsense',
  ])('does not understand %s', line => {
    expect(readRecurrence([line])).toBeNull()
  })
})

describe('an instant', () => {
  it.each([
    ['2026-01-05T09:00:00Z', MADRID, '2026-01-05T10:00:00+01:00'],
    ['2026-07-05T09:00:00Z', MADRID, '2026-07-05T11:00:00+02:00'],
    ['2026-01-05T09:00:00Z', 'UTC', '2026-01-05T09:00:00Z'],
    ['2026-01-05T09:00:00Z', 'America/St_Johns', '2026-01-05T05:30:00-03:30'],
    ['2026-01-05T09:00:00Z', 'Asia/Kathmandu', '2026-01-05T14:45:00+05:45'],
  ])('%s is shown in %s as %s', (at, zone, shown) => {
    expect(showInstant(Date.parse(at), zone)).toBe(shown)
    expect(showWhen({ kind: 'time', at: Date.parse(at), zone: null }, zone)).toEqual({
      dateTime: shown,
      timeZone: zone,
    })
  })
})
