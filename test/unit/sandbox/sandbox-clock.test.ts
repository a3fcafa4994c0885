import { describe, expect, it } from 'vitest'
import { SANDBOX_ACTIONS } from '#ec/core/sandbox-words.js'
import { createSandboxClock } from '#ec/sandbox/sandbox-clock.js'
import { actionSchema } from '#ec/sandbox/control/action.js'
import { FakeClock } from '../../support/fake-clock.js'

const calm = () => Promise.resolve()

describe('the clock of the sandbox', () => {
  it('goes as the one that it follows, faster, or not at all', () => {
    const base = new FakeClock()
    const clock = createSandboxClock(base)
    const start = clock.now()
    base.advance(1_000)
    clock.setRate(60)
    base.advance(1_000)
    clock.setRate(0)
    base.advance(1_000)
    expect(clock.now() - start).toBe(61_000)
    expect(clock.monotonic()).toBe(61_000)
  })

  it('fires in order, at the instant of each, what falls due while it is moved, and waits for what comes of it', async () => {
    const clock = createSandboxClock(new FakeClock(), 0)
    const fired: (string | number)[] = []
    clock.setTimer(() => {
      fired.push('b', clock.monotonic())
      clock.setTimer(() => fired.push('c', clock.monotonic()), 500)
    }, 1_000)
    clock.setTimer(() => fired.push('a', clock.monotonic()), 999)
    clock.setTimer(() => fired.push('never'), 1_501)
    clock.setTimer(() => fired.push('cancelled'), 10).cancel()
    let settled = 0
    await clock.advance(1_500, async () => void (settled += 1))
    expect(fired).toEqual(['a', 999, 'b', 1_000, 'c', 1_500])
    expect(clock.monotonic()).toBe(1_500)
    expect(settled).toBe(4)
    expect(clock.waiting).toBe(1)
  })

  it('fires by itself as the other clock goes, at its rate', () => {
    const base = new FakeClock()
    const clock = createSandboxClock(base, 10)
    let fired = 0
    clock.setTimer(() => (fired += 1), 10_000)
    base.advance(999)
    expect(fired).toBe(0)
    base.advance(1)
    expect(fired).toBe(1)
  })

  it('does one move after the other', async () => {
    const clock = createSandboxClock(new FakeClock(), 0)
    await Promise.all([clock.advance(1_000, calm), clock.advance(1_000, calm)])
    expect(clock.monotonic()).toBe(2_000)
  })
})

it('has a schema for every action that the command line knows', () => {
  expect(actionSchema.options.map(option => option.shape.do.value)).toEqual([...SANDBOX_ACTIONS])
})
