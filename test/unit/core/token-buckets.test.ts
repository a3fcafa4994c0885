import { beforeEach, describe, expect, it } from 'vitest'
import { TokenBuckets } from '#ec/core/token-buckets.js'
import { FakeClock } from '../../support/fake-clock.js'

describe('TokenBuckets', () => {
  let clock: FakeClock
  beforeEach(() => void (clock = new FakeClock()))

  it('gives a burst, then says how long to wait, then one token at a time', () => {
    const buckets = new TokenBuckets({ burst: 2, perSecond: 4 }, 10, clock)
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 250])
    clock.advance(249)
    expect(buckets.take('a')).toBe(1)
    clock.advance(1)
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 250])
  })

  it('fills up to the burst and no further', () => {
    const buckets = new TokenBuckets({ burst: 2, perSecond: 1 }, 10, clock)
    clock.advance(3_600_000)
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 1000])
  })

  it('tells the wait without taking', () => {
    const buckets = new TokenBuckets({ burst: 1, perSecond: 1 }, 10, clock)
    expect([buckets.wait('a'), buckets.wait('a'), buckets.take('a'), buckets.wait('a')]).toEqual([0, 0, 0, 1000])
  })

  it('keeps keys apart, and forgets those that were silent longest', () => {
    const buckets = new TokenBuckets({ burst: 1, perSecond: 0.001 }, 2, clock)
    buckets.take('a')
    expect(buckets.take('b')).toBe(0)
    expect(buckets.take('a')).toBeGreaterThan(0)
    buckets.take('c')
    expect(buckets.take('a')).toBeGreaterThan(0)
    expect(buckets.take('b')).toBe(0)
  })

  it('does not mind a wall clock that jumps', () => {
    const buckets = new TokenBuckets({ burst: 1, perSecond: 1 }, 10, clock)
    buckets.take('a')
    clock.jump(-10_800_000)
    expect(buckets.take('a')).toBe(1000)
    clock.jump(21_600_000)
    expect(buckets.take('a')).toBe(1000)
  })
})
