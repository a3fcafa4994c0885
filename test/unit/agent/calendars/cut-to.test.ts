import { describe, expect, it } from 'vitest'
import { cutTo } from '#ec/agent/calendars/cut-to.js'
import type { CalendarOccurrence } from '#ec/agent/http/api.js'
import { T0 } from '../../../support/store-samples.ts'

const HOUR_MS = 3_600_000

function row(id: string, start: number, end: number): CalendarOccurrence {
  const fields = { series: null, allDay: false, busy: true, status: 'confirmed', location: null, url: null } as const
  return { ...fields, id, item: id, calendar: 'r1', title: id, start: T0 + start * HOUR_MS, end: T0 + end * HOUR_MS }
}

const ROWS = [row('long', 0, 9), row('first', 1, 2), row('moment', 3, 3), row('last', 4, 5)]

function cut(from: number, to: number, rows: readonly CalendarOccurrence[] = ROWS): readonly CalendarOccurrence[] {
  return cutTo(rows, { from: T0 + from * HOUR_MS, to: T0 + to * HOUR_MS })
}

describe('what of the rows lies in a window', () => {
  it.each([
    [0, 9, ['long', 'first', 'moment', 'last']],
    [2, 4, ['long', 'moment']],
    [3, 4, ['long', 'moment']],
    [3.5, 4, ['long']],
    [9, 10, []],
  ])('from %d to %d', (from, to, ids) => {
    expect(cut(from, to).map(({ id }) => id)).toEqual(ids)
  })

  it('is the same array as long as the window slides over nothing, and another one afterwards', () => {
    const before = cut(1, 9)
    expect(cut(1.5, 8)).toBe(before)
    const after = cut(2, 9)
    expect(after.map(({ id }) => id)).toEqual(['long', 'moment', 'last'])
    expect(cut(1, 9)).toEqual(before)
  })

  it('is of its own rows, however alike others are', () => {
    const others = ROWS.map(one => ({ ...one, title: 'another' }))
    expect(cut(1, 9)).not.toBe(cut(1, 9, others))
    expect(cut(1, 9, others)[0]?.title).toBe('another')
  })
})
