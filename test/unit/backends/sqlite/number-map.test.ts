import * as fc from 'fast-check'
import { NumberMap } from '#ec/backends/sqlite/number-map.js'
import { describe, expect, it } from 'vitest'

/** Few enough to come twice, near enough to meet in one place, and as large as the hashes that it holds. */
const keys = fc.oneof(
  fc.nat(40),
  fc.nat(3).map(i => i * 2 ** 50),
  fc.maxSafeNat(),
)

describe('NumberMap', () => {
  it('holds what a Map holds, however much more comes than it was made for', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.array(fc.tuple(keys, fc.nat()), { maxLength: 200 }), (room, entries) => {
        const map = new NumberMap(room)
        for (const [key, value] of entries) map.set(key, value)
        const model = new Map(entries)
        expect(map.size).toBe(model.size)
        for (const [key, value] of model) expect(map.get(key)).toBe(value)
        expect([...map.sortedKeys()]).toEqual([...model.keys()].toSorted((a, b) => a - b))
        expect(map.largest()).toBe(Math.max(0, ...model.values()))
      }),
    )
  })

  it('does not find what was never put in', () => {
    const map = new NumberMap(4)
    map.set(0, 7)
    expect(map.get(0)).toBe(7)
    expect(map.get(2 ** 32)).toBeUndefined()
  })
})
