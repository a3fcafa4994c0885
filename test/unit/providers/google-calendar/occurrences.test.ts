import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Item } from '#ec/core/item.js'
import type { JsonObject } from '#ec/core/json.js'
import { occurrences } from '#ec/providers/google-calendar/occurrences.js'
import { readChange } from '#ec/providers/google-calendar/read-change.js'

const at = (dateTime: string, timeZone = 'Europe/Madrid') => ({ dateTime, timeZone })
const onDay = (date: string) => ({ date })

function anEvent(more: JsonObject): JsonObject {
  const start = at('2026-01-06T10:00:00+01:00')
  const end = at('2026-01-06T10:30:00+01:00')
  return { id: 'e1', status: 'confirmed', etag: '"1"', summary: 'Standup', start, end, ...more }
}

function itemsOf(...events: readonly JsonObject[]): readonly Item[] {
  return events.map(readChange).flatMap(change => (change?.type === 'upsert' ? [change.item] : []))
}

const weekly = (start: string, end: string) =>
  anEvent({ start: at(start), end: at(end), recurrence: ['RRULE:FREQ=WEEKLY'] })

const window = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(to) })
const JANUARY = window('2026-01-01T00:00Z', '2026-02-01T00:00Z')

function starts(events: readonly JsonObject[], within = JANUARY): readonly string[] {
  return occurrences(itemsOf(...events), within).map(({ start }) => new Date(start).toISOString().slice(0, 16))
}

const only = (more: JsonObject) => occurrences(itemsOf(anEvent(more)), JANUARY)[0]

// Pitfall 30: the zone of this machine must not leak in.
describe.each(['America/New_York', 'Asia/Kolkata', 'Pacific/Apia'])('on a machine in %s', zone => {
  const before = process.env['TZ']
  beforeAll(() => void (process.env['TZ'] = zone))
  afterAll(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  it('goes by the wall clock of the series through both changes of it (pitfall 29)', () => {
    const march = weekly('2026-03-22T02:30:00+01:00', '2026-03-22T03:30:00+01:00')
    // On the 29th 02:30 is skipped: it happens when the clock jumps.
    expect(starts([march], window('2026-03-20T00:00Z', '2026-04-10T00:00Z'))).toEqual([
      '2026-03-22T01:30',
      '2026-03-29T01:00',
      '2026-04-05T00:30',
    ])
    const october = weekly('2026-10-18T02:30:00+02:00', '2026-10-18T03:30:00+02:00')
    // On the 25th 02:30 comes twice: the first time counts.
    expect(starts([october], window('2026-10-15T00:00Z', '2026-11-05T00:00Z'))).toEqual([
      '2026-10-18T00:30',
      '2026-10-25T00:30',
      '2026-11-01T01:30',
    ])
  })

  it('keeps days as days (pitfall 28)', () => {
    const days = anEvent({
      start: onDay('2026-01-06'),
      end: onDay('2026-01-08'),
      recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3', 'EXDATE;VALUE=DATE:20260113'],
    })
    expect(occurrences(itemsOf(days), JANUARY)).toMatchObject([
      { id: 'e1_20260106', start: Date.UTC(2026, 0, 6), end: Date.UTC(2026, 0, 8), allDay: true },
      { id: 'e1_20260120', start: Date.UTC(2026, 0, 20), end: Date.UTC(2026, 0, 22), allDay: true },
    ])
  })
})

describe('a series', () => {
  it('is told by its instances, each with the id that Google gives it', () => {
    const found = occurrences(
      itemsOf(anEvent({ recurrence: ['RRULE:FREQ=DAILY;COUNT=2'], htmlLink: 'https://c/' })),
      JANUARY,
    )
    expect(found).toEqual(
      ['20260106T090000Z', '20260107T090000Z'].map((suffix, day) => ({
        id: `e1_${suffix}`,
        item: 'e1',
        series: 'e1',
        start: Date.UTC(2026, 0, 6 + day, 9),
        end: Date.UTC(2026, 0, 6 + day, 9, 30),
        allDay: false,
        title: 'Standup',
        busy: true,
        status: 'confirmed',
        location: null,
        url: 'https://c/',
      })),
    )
  })

  it.each([
    ['RRULE:FREQ=DAILY;UNTIL=20260107T090000Z', ['2026-01-06T09:00', '2026-01-07T09:00']],
    ['RRULE:FREQ=DAILY;UNTIL=20260107T085959Z', ['2026-01-06T09:00']],
    // Without the Z it is the series' own clock, and a day counts to its end.
    ['RRULE:FREQ=DAILY;UNTIL=20260107T100000', ['2026-01-06T09:00', '2026-01-07T09:00']],
    ['RRULE:FREQ=DAILY;UNTIL=20260107', ['2026-01-06T09:00', '2026-01-07T09:00']],
    // What cannot be read repeats nothing, and takes place when it says.
    ['RRULE:FREQ=NEVER', ['2026-01-06T09:00']],
  ])('ends as %s says', (rule, expected) => {
    expect(starts([anEvent({ recurrence: [rule] })])).toEqual(expected)
  })

  it.each([
    ['EXDATE;TZID=Europe/Madrid:20260107T100000'],
    ['EXDATE;TZID=America/New_York:20260107T040000'],
    ['EXDATE:20260107T090000Z'],
    ['EXDATE;VALUE=DATE:20260107'],
    ['EXDATE;TZID=Europe/Madrid:20260105T100000,20260107T100000'],
    ['EXRULE:FREQ=WEEKLY;BYDAY=WE'],
  ])('leaves out what %s names, by instant and not by its spelling (pitfall 27)', line => {
    const series = anEvent({ recurrence: ['RRULE:FREQ=DAILY;COUNT=3', line] })
    expect(starts([series])).toEqual(['2026-01-06T09:00', '2026-01-08T09:00'])
  })

  it('has its start too where that does not fit the rule, beside those that are counted', () => {
    const series = anEvent({ recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=TH,SA;COUNT=2'] })
    expect(starts([series])).toEqual(['2026-01-06T09:00', '2026-01-08T09:00', '2026-01-10T09:00'])
    const without = anEvent({ recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=1', 'EXDATE:20260106T090000Z'] })
    expect(starts([without])).toEqual(['2026-01-08T09:00'])
  })

  it('has the days that RDATE adds, once each', () => {
    const lines = ['RRULE:FREQ=DAILY;COUNT=2', 'RDATE;TZID=Europe/Madrid:20260107T100000,20260120T180000']
    const period = 'RDATE;VALUE=PERIOD:20260125T120000Z/PT1H'
    expect(starts([anEvent({ recurrence: [...lines, period] })])).toEqual([
      '2026-01-06T09:00',
      '2026-01-07T09:00',
      '2026-01-20T17:00',
      '2026-01-25T12:00',
    ])
  })

  it('is given by its instances in a window far from where it began, the one that runs at its beginning too', () => {
    const series = anEvent({ recurrence: ['RRULE:FREQ=DAILY'] })
    expect(starts([series], window('2031-07-01T08:15Z', '2031-07-02T08:00Z'))).toEqual(['2031-07-01T08:00'])
  })
})

describe('an instance that was changed by itself', () => {
  const series = anEvent({ id: 's', recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] })
  const original = at('2026-01-07T10:00:00+01:00')
  const moved = (start: string, end: string, originalStartTime: JsonObject = original) =>
    anEvent({ id: 's_20260107T090000Z', recurringEventId: 's', originalStartTime, start: at(start), end: at(end) })

  it('is where it says and no longer where it was, under the same id (pitfall 26)', () => {
    const items = itemsOf(moved('2026-01-20T12:00:00+01:00', '2026-01-20T13:00:00+01:00'), series)
    expect(occurrences(items, JANUARY).map(({ id, start }) => [id, new Date(start).toISOString()])).toEqual([
      ['s_20260106T090000Z', '2026-01-06T09:00:00.000Z'],
      ['s_20260108T090000Z', '2026-01-08T09:00:00.000Z'],
      ['s_20260107T090000Z', '2026-01-20T11:00:00.000Z'],
    ])
  })

  it.each([
    ['the same instant elsewhere', at('2026-01-07T04:00:00-05:00', 'America/New_York')],
    ['the day', onDay('2026-01-07')],
  ])('is found by %s (pitfall 27)', (_what, originalStart) => {
    const items = [moved('2026-01-20T12:00:00+01:00', '2026-01-20T13:00:00+01:00', originalStart), series]
    expect(starts(items)).toEqual(['2026-01-06T09:00', '2026-01-08T09:00', '2026-01-20T11:00'])
  })

  it('is found under both names of a time that is skipped', () => {
    const start = at('2026-03-28T02:30:00+01:00')
    const end = at('2026-03-28T03:00:00+01:00')
    const skipping = anEvent({ id: 's', start, end, recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] })
    for (const suffix of ['20260329T010000Z', '20260329T013000Z']) {
      expect(
        starts(
          [skipping, { id: `s_${suffix}`, status: 'cancelled' }],
          window('2026-03-01T00:00Z', '2026-04-01T00:00Z'),
        ),
      ).toEqual(['2026-03-28T01:30'])
    }
  })

  it.each([
    [{ id: 's_20260107T090000Z', status: 'cancelled' }],
    [{ id: 's_x', status: 'cancelled', recurringEventId: 's', originalStartTime: original }],
  ])('does not take place when it was removed, however little of it is left: %j (pitfall 22)', tombstone => {
    expect(starts([series, tombstone])).toEqual(['2026-01-06T09:00', '2026-01-08T09:00'])
  })

  it('takes place without its series, as for a guest of one day alone', () => {
    expect(starts([moved('2026-01-20T12:00:00+01:00', '2026-01-20T13:00:00+01:00')])).toEqual(['2026-01-20T11:00'])
  })
})

describe('an event', () => {
  it.each<[string, JsonObject, boolean]>([
    ['is busy unless it says otherwise', {}, true],
    ['is free when it is marked so', { transparency: 'transparent' }, false],
    [
      'is free when the person declined',
      { attendees: [{ email: 'a', self: true, responseStatus: 'declined' }] },
      false,
    ],
    ['is busy when somebody else declined', { attendees: [{ email: 'b', responseStatus: 'declined' }] }, true],
    ['is free when it says where he works', { eventType: 'workingLocation' }, false],
    ['is busy when he is out of office', { eventType: 'outOfOffice' }, true],
  ])('%s (pitfall 32)', (_what, more, busy) => {
    expect(only(more)?.busy).toBe(busy)
  })

  it('is not certain when it or the answer to it says so', () => {
    expect(only({})?.status).toBe('confirmed')
    expect(only({ status: 'tentative' })?.status).toBe('tentative')
    expect(only({ attendees: [{ email: 'a', self: true, responseStatus: 'tentative' }] })?.status).toBe('tentative')
  })

  it('shows no more of a private one than Google does (pitfall 33)', () => {
    const { summary: _, ...hidden } = anEvent({ visibility: 'private' })
    expect(occurrences(itemsOf(hidden), JANUARY)[0]?.title).toBe('Busy')
    expect(only({ visibility: 'private' })?.title).toBe('Standup')
    expect(only({ summary: '' })?.title).toBe('(No title)')
  })

  it('without a length takes none, and one that ends before it begins neither (pitfall 31)', () => {
    const start = at('2026-01-06T10:00:00+01:00')
    const ends = [start, at('2026-01-06T09:00:00+01:00'), null].map(end => only({ start, end }))
    for (const one of ends) expect(one).toMatchObject({ start: Date.UTC(2026, 0, 6, 9), end: Date.UTC(2026, 0, 6, 9) })
    expect(starts([anEvent({ start, end: start })], window('2026-01-06T09:00Z', '2026-01-06T10:00Z'))).toHaveLength(1)
  })

  it('that nobody can read takes place nowhere', () => {
    expect(starts([anEvent({ start: null }), anEvent({ start: at('some day') }), { id: 'x' }])).toEqual([])
    expect(starts([anEvent({ start: at('2026-01-06T10:00:00Z', 'Mars/Olympus') })])).toEqual(['2026-01-06T10:00'])
  })
})
