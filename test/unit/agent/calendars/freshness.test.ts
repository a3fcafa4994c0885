import { describe, expect, it } from 'vitest'
import { freshnessOf, moveOn } from '#ec/agent/calendars/freshness.js'

const made = { id: 'c1', items: 1, freshAt: 10, changedAt: 5 }

describe('how fresh an answer is', () => {
  it('is how fresh the oldest copy is, and not known while one was never read', () => {
    expect(freshnessOf([made, { ...made, id: 'c2', freshAt: 7 }])).toEqual({ freshAt: 7, incomplete: [] })
    expect(freshnessOf([made, { ...made, id: 'c2', freshAt: null }])).toEqual({ freshAt: null, incomplete: ['c2'] })
    expect(freshnessOf([])).toEqual({ freshAt: null, incomplete: [] })
  })

  it.each([
    ['moves on with a read that found nothing', { ...made, freshAt: 20 }, 20],
    [
      'stays where a read found something of which the answer may not know',
      { ...made, freshAt: 20, changedAt: 20 },
      10,
    ],
    ['never goes back', { ...made, freshAt: 8 }, 10],
    ['stays where the copy is not there any more', { ...made, id: 'other', freshAt: 20 }, 10],
    ['stays where nothing is known now', { ...made, freshAt: null }, 10],
  ])('%s', (_, now, freshAt) => {
    expect(freshnessOf(moveOn([made], [now])).freshAt).toBe(freshAt)
  })

  it('is not known afterwards of what was not known when the answer was made', () => {
    const never = { ...made, freshAt: null, changedAt: null }
    expect(freshnessOf(moveOn([never], [{ ...made, changedAt: null }]))).toEqual({ freshAt: null, incomplete: ['c1'] })
  })
})
