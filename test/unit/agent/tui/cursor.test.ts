import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AT_END, AT_START, indexOf, move, windowOf, type Cursor, type Move } from '#ec/agent/tui/cursor.js'
import { runs } from '../../../support/long.ts'

const KEYS = Array.from({ length: 20 }, (_, i) => `k${i}`)

function steps(cursor: Cursor, ...moves: readonly Move[]): Cursor {
  return moves.reduce((at, step) => move(at, KEYS, step, 5, true), cursor)
}

describe('a cursor', () => {
  it('follows the newest until the person moves', () => {
    expect(indexOf(AT_END, KEYS)).toBe(19)
    expect(indexOf(AT_END, [...KEYS, 'new'])).toBe(20)
    const up = steps(AT_END, 'up')
    expect(indexOf(up, KEYS)).toBe(18)
    expect(indexOf(up, [...KEYS, 'new'])).toBe(18)
  })

  it('follows again when it comes back to the end', () => {
    expect(steps(AT_END, 'up', 'down')).toEqual(AT_END)
    expect(steps(AT_END, 'first', 'last')).toEqual(AT_END)
  })

  it('stays on its row while rows come and the oldest go', () => {
    const up = steps(AT_END, 'up', 'up', 'up')
    expect(indexOf(up, [...KEYS.slice(4), 'n1', 'n2'])).toBe(12)
  })

  it('keeps the window still while rows come and the oldest go', () => {
    const up = steps(AT_END, 'up', 'up')
    const seen = (keys: readonly string[]) => keys.slice(windowOf(up, keys, 5).top, windowOf(up, keys, 5).top + 5)
    expect(seen(KEYS)).toEqual(KEYS.slice(15))
    expect(seen([...KEYS.slice(4), 'n1', 'n2'])).toEqual(KEYS.slice(15))
  })

  it('stands on a neighbour when its row is gone', () => {
    const up = steps(AT_END, 'up')
    expect(indexOf(up, KEYS.slice(0, 4))).toBe(3)
    expect(indexOf(up, [])).toBe(-1)
  })

  it('moves by pages, and to both ends', () => {
    expect(indexOf(steps(AT_START, 'page-down'), KEYS)).toBe(4)
    expect(indexOf(steps(AT_END, 'page-up'), KEYS)).toBe(15)
    expect(indexOf(steps(AT_END, 'first'), KEYS)).toBe(0)
    expect(indexOf(steps(AT_START, 'up'), KEYS)).toBe(0)
  })

  it('is in the window, whatever is done', () => {
    const step = fc.constantFrom<Move>('up', 'down', 'page-up', 'page-down', 'first', 'last')
    fc.assert(
      fc.property(
        fc.array(step),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        (moves, height, count) => {
          const keys = Array.from({ length: count }, (_, i) => `k${i}`)
          const cursor = moves.reduce((at, one) => move(at, keys, one, height, true), AT_END)
          const { top, index } = windowOf(cursor, keys, height)
          expect(top).toBeGreaterThanOrEqual(0)
          expect(index).toBeGreaterThanOrEqual(top)
          expect(index).toBeLessThan(top + height)
        },
      ),
      { numRuns: runs(200) },
    )
  })
})
