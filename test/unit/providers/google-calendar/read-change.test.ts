import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#ec/core/json.js'
import { readChange } from '#ec/providers/google-calendar/read-change.js'

const at = (dateTime: string, timeZone = 'Europe/Madrid') => ({ dateTime, timeZone })
const JAN_6 = Date.UTC(2026, 0, 6, 9)

function anEvent(more: JsonObject = {}): JsonObject {
  return {
    id: 'abc123',
    status: 'confirmed',
    etag: '"3390"',
    updated: '2026-01-05T08:59:58.000Z',
    summary: 'Dentist',
    start: at('2026-01-06T10:00:00+01:00'),
    end: at('2026-01-06T11:00:00+01:00'),
    ...more,
  }
}

const itemOf = (more: JsonObject) => {
  const change = readChange(anEvent(more))
  return change?.type === 'upsert' ? change.item : null
}

describe('an entry of a list', () => {
  it('is kept as it came, with where it lies in time and what tells one version from another', () => {
    const json = anEvent()
    expect(readChange(json)).toEqual({
      type: 'upsert',
      item: {
        id: 'abc123',
        version: '"3390"',
        updatedAt: Date.parse('2026-01-05T08:59:58Z'),
        startsAt: JAN_6,
        endsAt: JAN_6 + 3_600_000,
        series: null,
        json,
      },
    })
  })

  it.each<[string, JsonObject, string | null]>([
    ['an event', { id: 'ser1', status: 'cancelled' }, null],
    ['a whole event', anEvent({ status: 'cancelled' }), '2026-01-05T08:59:58.000Z'],
    ['a series that was split off another', { id: 'abc_R20260112T090000', status: 'cancelled' }, null],
    ['an imported event, whose id has a _ of its own', { id: '_60q30c1g60o30e1i', status: 'cancelled' }, null],
  ])('that is cancelled deletes %s, however little of it is left', (_what, json, updated) => {
    const updatedAt = updated === null ? null : Date.parse(updated)
    expect(readChange(json)).toEqual({ type: 'delete', id: json['id'], updatedAt })
  })

  // Pitfall 22: of a removed instance in a list of changes nothing but its id may be left.
  it.each<[JsonObject, string, number]>([
    [{ id: 'ser2_20260112T090000Z', status: 'cancelled' }, 'ser2', Date.UTC(2026, 0, 12, 9)],
    [{ id: 'ser2_20260112', status: 'cancelled' }, 'ser2', Date.UTC(2026, 0, 12)],
    [{ id: '_6a_20260112', status: 'cancelled' }, '_6a', Date.UTC(2026, 0, 12)],
    [
      { id: 'abc_R20260112T090000_20260119T090000Z', status: 'cancelled' },
      'abc_R20260112T090000',
      Date.UTC(2026, 0, 19, 9),
    ],
    [
      {
        id: 'odd',
        status: 'cancelled',
        recurringEventId: 'ser2',
        originalStartTime: at('2026-01-12T10:00:00+01:00'),
      },
      'ser2',
      Date.UTC(2026, 0, 12, 9),
    ],
    [
      { id: 'odd', status: 'cancelled', recurringEventId: 'ser2', originalStartTime: { date: '2026-01-12' } },
      'ser2',
      Date.UTC(2026, 0, 12),
    ],
  ])('that is a removed instance is kept: %j', (json, series, start) => {
    expect(readChange(json)).toEqual({
      type: 'upsert',
      item: {
        id: json['id'],
        version: null,
        updatedAt: null,
        startsAt: start,
        endsAt: expect.any(Number),
        series,
        json,
      },
    })
  })

  it('is known by its id and by nothing that it shares with others: copies of one meeting, instances of one series', () => {
    const iCalUID = 'meeting@example.org'
    const items = [
      itemOf({ id: 'mine', iCalUID }),
      itemOf({ id: 'my other calendar', iCalUID }),
      itemOf({ id: 'ser2_20260112T090000Z', iCalUID, recurringEventId: 'ser2' }),
      itemOf({ id: 'ser2_20260119T090000Z', iCalUID, recurringEventId: 'ser2' }),
    ]
    expect(new Set(items.map(item => item?.id)).size).toBe(4)
  })

  it('that lives belongs to a series only when it says so', () => {
    expect(itemOf({ id: 'mine_20260112' })?.series).toBeNull()
    expect(itemOf({ id: 'x', recurringEventId: 'ser2' })?.series).toBe('ser2')
  })

  it.each<[string, JsonObject, number, number | null]>([
    [
      'of whole days',
      { start: { date: '2026-01-06' }, end: { date: '2026-01-08' } },
      Date.UTC(2026, 0, 6),
      Date.UTC(2026, 0, 8),
    ],
    [
      'of a day without an end',
      { start: { date: '2026-01-06' }, end: null },
      Date.UTC(2026, 0, 6),
      Date.UTC(2026, 0, 7),
    ],
    ['that ends before it begins', { end: at('2026-01-06T09:00:00+01:00') }, JAN_6, JAN_6],
    ['without end', { recurrence: ['RRULE:FREQ=DAILY'] }, JAN_6, null],
    ['with an end', { recurrence: ['RRULE:FREQ=DAILY;UNTIL=20260110T090000Z'] }, JAN_6, Date.UTC(2026, 0, 10, 10)],
    ['with a number of times', { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] }, JAN_6, Date.UTC(2026, 0, 20, 10)],
    [
      'with a date added',
      { recurrence: ['RRULE:FREQ=DAILY;COUNT=2', 'RDATE:20260301T120000Z'] },
      JAN_6,
      Date.UTC(2026, 2, 1, 13),
    ],
    ['with more times than anybody lives', { recurrence: ['RRULE:FREQ=YEARLY;INTERVAL=9000;COUNT=3'] }, JAN_6, null],
  ])('%s lies where it does', (_what, more, startsAt, endsAt) => {
    expect(itemOf(more)).toMatchObject({ startsAt, endsAt })
  })

  it.each<JsonObject>([
    { start: null },
    { start: { date: '2026-02-30' } },
    { start: { dateTime: 'tomorrow' } },
    { start: 7 },
    { start: {} },
  ])('lies nowhere when %j cannot be read', more => {
    expect(itemOf(more)).toMatchObject({ startsAt: null, endsAt: null })
  })

  it('is read without a zone of this machine where Google leaves the offset out', () => {
    expect(itemOf({ start: at('2026-01-06T10:00:00') })?.startsAt).toBe(JAN_6)
    expect(itemOf({ start: { dateTime: '2026-01-06T10:00:00' } })?.startsAt).toBe(Date.UTC(2026, 0, 6, 10))
  })

  it('without an id says nothing, and no shape of it throws', () => {
    expect(readChange({ status: 'confirmed' })).toBeNull()
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('cancelled', '20260101', { dateTime: '2026-01-01T00:00:00Z' }),
    )
    const names = fc.constantFrom(
      'id',
      'status',
      'start',
      'end',
      'recurrence',
      'recurringEventId',
      'originalStartTime',
      'updated',
      'etag',
    )
    fc.assert(
      fc.property(fc.dictionary(names, values), json => {
        const change = readChange(Object(json))
        expect(change === null || typeof (change.type === 'delete' ? change.id : change.item.id) === 'string').toBe(
          true,
        )
      }),
      { numRuns: 500 },
    )
  })
})
