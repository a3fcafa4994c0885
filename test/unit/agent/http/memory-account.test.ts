import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryAccount, type Arriving } from '#ec/agent/http/memory-account.js'
import { FakeClock } from '../../../support/fake-clock.js'

describe('MemoryAccount', () => {
  let clock: FakeClock
  let account: MemoryAccount

  beforeEach(() => {
    clock = new FakeClock()
    account = new MemoryAccount(100, 3000, clock)
  })

  function arrive(bytes: number): Arriving & { evicted: boolean } {
    const body = {
      since: clock.monotonic(),
      evicted: false,
      evict() {
        body.evicted = true
        account.untrack(body)
        account.release(bytes)
      },
    }
    expect(account.reserve(bytes)).toBe(true)
    account.track(body)
    return body
  }

  it('reserves up to its capacity and no further', () => {
    expect([account.reserve(60), account.reserve(40), account.reserve(1)]).toEqual([true, true, false])
    account.release(40)
    expect(account.used).toBe(60)
    expect(account.reserve(40)).toBe(true)
  })

  it('lets the oldest give way, and only as many as needed', () => {
    const [first, second, third] = [arrive(30), arrive(30), arrive(30)]
    clock.advance(3001)
    expect(account.reserve(50)).toBe(true)
    expect([first.evicted, second.evicted, third.evicted]).toEqual([true, true, false])
    expect(account.used).toBe(80)
  })

  it('spares those that have only just begun', () => {
    const old = arrive(30)
    clock.advance(3001)
    const young = arrive(50)
    expect(account.reserve(60)).toBe(false)
    expect([old.evicted, young.evicted]).toEqual([true, false])
  })

  it('never lets a body push itself out', () => {
    const body = arrive(90)
    clock.advance(3001)
    expect(account.reserve(20, body)).toBe(false)
    expect(body.evicted).toBe(false)
  })
})
