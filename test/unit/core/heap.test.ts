import * as fc from 'fast-check'
import { Heap } from '#ec/core/heap.js'
import { describe, expect, it } from 'vitest'

interface Item {
  readonly key: number
}

describe('Heap', () => {
  it('gives the smallest first, however things are added, taken and removed', () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ pop: fc.constant(true) }),
      fc.record({ remove: fc.nat(20) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), steps => {
        const heap = new Heap<Item>((a, b) => a.key - b.key)
        const items: Item[] = []
        for (const s of steps) {
          if ('push' in s) {
            const item = { key: s.push }
            items.push(item)
            heap.push(item)
          } else if ('pop' in s) {
            const popped = heap.pop()
            expect(popped?.key).toBe(items.length > 0 ? Math.min(...items.map(item => item.key)) : undefined)
            if (popped) items.splice(items.indexOf(popped), 1)
          } else if (items.length > 0) {
            const [item] = items.splice(s.remove % items.length, 1)
            expect(item && heap.remove(item)).toBe(true)
            expect(item && heap.remove(item)).toBe(false)
          }
          expect(heap.size).toBe(items.length)
        }
        const rest = items.map(item => item.key).sort((a, b) => a - b)
        expect(rest.map(() => heap.pop()?.key)).toEqual(rest)
        expect(heap.peek()).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })
})
