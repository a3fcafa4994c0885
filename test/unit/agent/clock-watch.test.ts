import { expect, it } from 'vitest'
import { watchClock } from '#ec/agent/clock-watch.js'
import { FakeClock } from '../../support/fake-clock.ts'

const HOUR = 3_600_000

it('stays calm while time passes as it should', () => {
  const clock = new FakeClock()
  const jumps: number[] = []
  const watch = watchClock(clock, byMs => jumps.push(byMs))
  clock.advance(24 * HOUR)
  expect(jumps).toEqual([])
  expect(watch.check()).toMatchObject({ code: 'clock.steady', status: 'ok' })
})

it.each([3 * HOUR, -3 * HOUR])('tells a jump of %d ms once and shows it for an hour', byMs => {
  const clock = new FakeClock()
  const jumps: number[] = []
  const watch = watchClock(clock, by => jumps.push(by))
  clock.advance(60_000)
  clock.jump(byMs)
  clock.advance(60_000)
  expect(jumps).toEqual([byMs])
  expect(watch.check()).toMatchObject({ status: 'warn', hint: expect.any(String) })
  clock.advance(HOUR)
  expect(watch.check().status).toBe('ok')
})

it('falls silent when it is stopped', () => {
  const clock = new FakeClock()
  const jumps: number[] = []
  watchClock(clock, byMs => jumps.push(byMs)).stop()
  clock.jump(HOUR)
  clock.advance(HOUR)
  expect(jumps).toEqual([])
})
