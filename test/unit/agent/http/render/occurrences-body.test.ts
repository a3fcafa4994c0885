import { describe, expect, it } from 'vitest'
import type { Cached, CalendarOccurrence } from '#ec/agent/http/api.js'
import { renderFreshness, renderOccurrence } from '#ec/agent/http/render/calendar.js'
import { renderOccurrences } from '#ec/agent/http/render/occurrences-body.js'
import { T0 } from '../../../../support/store-samples.ts'

const HOUR_MS = 3_600_000

function rowsOf(...titles: readonly string[]): readonly CalendarOccurrence[] {
  const both = { calendar: 'r1', series: null, allDay: false, busy: true, status: 'confirmed', location: null } as const
  return titles.map((title, i) => ({
    ...both,
    id: `o${i}`,
    item: `e${i}`,
    start: T0 + i * HOUR_MS,
    end: T0 + (i + 1) * HOUR_MS,
    title,
    url: null,
  }))
}

function found(value: readonly CalendarOccurrence[], freshAt: number | null = T0): Cached<typeof value> {
  return { value, hit: true, freshAt, incomplete: freshAt === null ? ['r1'] : [] }
}

/** As it would be written without keeping anything. */
function written(answer: Cached<readonly CalendarOccurrence[]>): string {
  return JSON.stringify({ events: answer.value.map(renderOccurrence), ...renderFreshness(answer) })
}

describe('the body of what takes place', () => {
  it.each([
    ['nothing', rowsOf()],
    ['one', rowsOf('Lunch')],
    ['several, in any script', rowsOf('Comida con "Ana"', 'Обед', '会议 🎉')],
  ])('is the JSON of %s', (_, rows) => {
    for (const answer of [found(rows), found(rows, null)])
      expect(renderOccurrences(answer).bytes.toString()).toBe(written(answer))
  })

  it('is the same bytes for the same rows, and others when they are fresher', () => {
    const rows = rowsOf('Lunch', 'Tea')
    const first = renderOccurrences(found(rows))
    expect(renderOccurrences(found(rows)).bytes).toBe(first.bytes)
    const fresher = renderOccurrences(found(rows, T0 + HOUR_MS))
    expect(fresher.bytes.toString()).toBe(written(found(rows, T0 + HOUR_MS)))
    expect(fresher.etag).not.toBe(first.etag)
  })

  it('is told by its rows, not by the answer that they came with', () => {
    const rows = rowsOf('Lunch', 'Tea')
    const part = rows.slice(1)
    const [whole, less] = [renderOccurrences(found(rows)), renderOccurrences(found(part))]
    expect(less.bytes.toString()).toBe(written(found(part)))
    expect(less.etag).not.toBe(whole.etag)
    expect(renderOccurrences(found(rowsOf('Lunch', 'Tea'))).etag).toBe(whole.etag)
  })
})
