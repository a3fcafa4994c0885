import { createSystemClock } from '#ec/core/clock.js'
import { describe, expect, it } from 'vitest'

describe('the system clock', () => {
  it('tells the time of day, and a time that only grows', () => {
    const clock = createSystemClock()
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000)
    const first = clock.monotonic()
    expect(clock.monotonic()).toBeGreaterThanOrEqual(first)
  })

  it('calls once when a timer is over, and never when it was cancelled', async () => {
    const clock = createSystemClock()
    const calls: string[] = []
    clock.setTimer(() => calls.push('cancelled'), 1).cancel()
    await new Promise<void>(resolve => {
      // Timers that keep nobody alive do not keep the test alive either.
      const alive = setInterval(() => {}, 1000)
      clock.setTimer(() => {
        calls.push('over')
        clearInterval(alive)
        resolve()
      }, 5)
    })
    expect(calls).toEqual(['over'])
  })

  it('does not mistake a month for a moment', async () => {
    const clock = createSystemClock()
    let called = false
    const timer = clock.setTimer(() => (called = true), 31 * 86_400_000)
    await new Promise(resolve => setTimeout(resolve, 20))
    timer.cancel()
    expect(called).toBe(false)
  })
})
