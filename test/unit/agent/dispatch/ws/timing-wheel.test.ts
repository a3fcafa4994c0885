import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimingWheel, type Wakeable } from '#ec/agent/dispatch/ws/timing-wheel.js'
import { FakeClock } from '../../../../support/fake-clock.js'

class Sleeper implements Wakeable {
  wheelSlot = -1
  wheelIndex = -1
  readonly wokenAt: number[] = []
  readonly #wheel: TimingWheel

  constructor(wheel: TimingWheel) {
    this.#wheel = wheel
  }

  wake(): void {
    this.wokenAt.push(this.#wheel.now)
  }
}

/** Counts how many timers are set at a time. */
class CountingClock extends FakeClock {
  timers = 0

  override setTimer(run: () => void, ms: number) {
    this.timers += 1
    return super.setTimer(() => {
      this.timers -= 1
      run()
    }, ms)
  }
}

describe('the timing wheel', () => {
  it('wakes each entry in the second that it asked for, once', () => {
    const clock = new FakeClock()
    const wheel = new TimingWheel(clock)
    const delays = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 50 })
    fc.assert(
      fc.property(delays, seconds => {
        const start = wheel.now
        const sleepers = seconds.map(s => {
          const sleeper = new Sleeper(wheel)
          wheel.schedule(sleeper, s * 1000)
          return { sleeper, at: start + s * 1000 }
        })
        clock.advance(70_000)
        for (const { sleeper, at } of sleepers) expect(sleeper.wokenAt).toEqual([at])
      }),
    )
  })

  it('never wakes anybody early, and nobody a second late, at whatever moment he asks', () => {
    const clock = new FakeClock()
    const wheel = new TimingWheel(clock)
    const asks = fc.array(fc.record({ wait: fc.nat(3000), ms: fc.integer({ min: 1, max: 60_000 }) }), { maxLength: 30 })
    fc.assert(
      fc.property(asks, list => {
        const late: number[] = []
        for (const { wait, ms } of list) {
          clock.advance(wait)
          const at = clock.monotonic() + ms
          wheel.schedule({ wheelSlot: -1, wheelIndex: -1, wake: () => void late.push(clock.monotonic() - at) }, ms)
        }
        clock.advance(70_000)
        expect(late).toHaveLength(list.length)
        expect(late.every(by => by >= 0 && by < 1000)).toBe(true)
      }),
    )
  })

  it('forgets whoever was removed or moved, in any order', () => {
    const clock = new FakeClock()
    const wheel = new TimingWheel(clock)
    const step = fc.record({
      who: fc.nat(9),
      action: fc.constantFrom('remove', 'move'),
      ms: fc.integer({ min: 0, max: 60_000 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const sleepers = Array.from({ length: 10 }, () => new Sleeper(wheel))
        const expected = new Map<Sleeper, number>()
        const set = (sleeper: Sleeper, ms: number) => {
          wheel.schedule(sleeper, ms)
          expected.set(sleeper, wheel.now + Math.max(1, Math.ceil(ms / 1000)) * 1000)
        }
        for (const sleeper of sleepers) set(sleeper, 5000)
        for (const { who, action, ms } of steps) {
          const sleeper = sleepers[who]
          if (sleeper === undefined) continue
          if (action === 'move') set(sleeper, ms)
          else {
            wheel.remove(sleeper)
            expected.delete(sleeper)
          }
        }
        clock.advance(70_000)
        for (const sleeper of sleepers) {
          const at = expected.get(sleeper)
          expect(sleeper.wokenAt).toEqual(at === undefined ? [] : [at])
        }
      }),
    )
  })

  it('has one timer for everybody, and none for nobody', () => {
    const clock = new CountingClock()
    const wheel = new TimingWheel(clock)
    expect(clock.timers).toBe(0)
    const sleepers = Array.from({ length: 100 }, () => new Sleeper(wheel))
    for (const [i, sleeper] of sleepers.entries()) wheel.schedule(sleeper, i * 100)
    expect(clock.timers).toBe(1)
    clock.advance(60_000)
    expect(clock.timers).toBe(0)
  })

  it('wakes after a minute whoever asked for more, so that he can ask again', () => {
    const clock = new FakeClock()
    const wheel = new TimingWheel(clock)
    const sleeper = new Sleeper(wheel)
    wheel.schedule(sleeper, 3_600_000)
    clock.advance(120_000)
    expect(sleeper.wokenAt).toEqual([63_000])
  })
})
