import { describe, expect, it } from 'vitest'
import { LagMeter } from '#ec/agent/dispatch/ws/lag-meter.js'

const MIB = 1024 * 1024

describe('the lag meter', () => {
  it('gives up a client beyond the backlog that takes nothing for two looks', () => {
    const lag = new LagMeter(300_000)
    lag.missed(MIB)
    expect([lag.isTooMuch(300_000), lag.isTooMuch(300_000)]).toEqual([false, true])
  })

  it('leaves one alone that is not that far behind', () => {
    const lag = new LagMeter(300_000)
    lag.missed(500_000)
    expect(Array.from({ length: 60 }, () => lag.isTooMuch(300_000))).not.toContain(true)
  })

  it('gives one that moves ten looks to catch up', () => {
    const lag = new LagMeter(300_000)
    lag.missed(5 * MIB)
    const looks = Array.from({ length: 10 }, (_, i) => lag.isTooMuch(300_000 - i - 1))
    expect(looks).toEqual([...Array.from({ length: 9 }, () => false), true])
  })

  it('never blames a client for whom nothing waits', () => {
    const lag = new LagMeter(0)
    lag.missed(50 * MIB)
    expect(Array.from({ length: 60 }, () => lag.isTooMuch(0))).not.toContain(true)
  })
})
