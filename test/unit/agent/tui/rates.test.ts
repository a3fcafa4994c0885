import { describe, expect, it } from 'vitest'
import { addSample, rateOf, type Samples } from '#ec/agent/tui/rates.js'
import { NO_TOTALS } from '#ec/agent/tui/state.js'

function samples(...points: readonly (readonly [at: number, events: number])[]): Samples {
  return points.reduce<Samples>((all, [at, events]) => addSample(all, { at, totals: { ...NO_TOTALS, events } }), [])
}

describe('rates', () => {
  it('are the difference of the totals over the time between', () => {
    expect(rateOf(samples([0, 100], [250, 150], [500, 200]), 'events')).toBe(200)
  })

  it('are 0 until there are two samples', () => {
    expect(rateOf(samples(), 'events')).toBe(0)
    expect(rateOf(samples([0, 100]), 'events')).toBe(0)
  })

  it('forget what was more than ten seconds ago', () => {
    expect(rateOf(samples([0, 0], [1000, 1000], [12_000, 1000], [13_000, 1000]), 'events')).toBe(0)
  })

  it('keep one older sample when frames are rare', () => {
    expect(rateOf(samples([0, 0], [20_000, 40]), 'events')).toBe(2)
  })

  it('keep no more than they need', () => {
    const many = Array.from({ length: 1000 }, (_, i) => [i, i] as const)
    expect(samples(...many).length).toBeLessThan(50)
  })
})
