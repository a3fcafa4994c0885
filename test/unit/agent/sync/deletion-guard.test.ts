import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isHeld } from '#ec/agent/sync/deletion-guard.js'

const said = (gone: number, of: number) => ({ gone, of, confirmed: true })

describe('a deletion that follows from what a full read did not name', () => {
  it.each([
    ['none', 0, 50, null, false],
    ['a few', 10, 12, null, false],
    ['more than ten, but no half', 20, 41, null, false],
    ['more than half', 21, 41, null, true],
    ['all of few: suddenly empty', 3, 3, null, true],
    ['more than half, confirmed', 30, 40, said(30, 40), false],
    ['a few more than was confirmed', 38, 60, said(30, 40), false],
    ['far more than was confirmed', 60, 60, said(30, 40), true],
    ['held and not confirmed', 30, 40, { gone: 30, of: 40, confirmed: false }, true],
  ])('%s', (_, gone, of, held, isAsked) => {
    expect(isHeld({ gone, of }, held)).toBe(isAsked)
  })

  it('goes on to its end once it has begun, slice by slice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 50 }),
        (gone, stays, slice) => {
          if (isHeld({ gone, of: gone + stays }, null)) return
          for (let left = gone; left > 0; left -= slice)
            expect(isHeld({ gone: left, of: left + stays }, null)).toBe(false)
        },
      ),
    )
  })
})
