import { expect, it } from 'vitest'
import type { RetentionLimits } from '#ec/backends/store.js'
import { startRetention } from '#ec/agent/retention.js'
import { silentLog } from '#ec/core/log.js'
import { FakeClock } from '../../support/fake-clock.ts'

const DAY = 86_400_000
const periods = {
  progress: DAY,
  events: 90 * DAY,
  notifications: 60 * DAY,
  bodies: 7 * DAY,
  calls: 35 * DAY,
  jobs: DAY,
  traces: 30 * DAY,
}

it('removes slice after slice until nothing is left, then rests', async () => {
  const clock = new FakeClock()
  const asked: RetentionLimits[] = []
  let left = 1200
  const store = {
    prune: (limits: RetentionLimits, slice: number) => {
      asked.push(limits)
      const gone = Math.min(slice, left)
      left -= gone
      return Promise.resolve(gone)
    },
  }
  const retention = startRetention({ store, clock, log: silentLog, periods })
  for (let i = 0; i < 60; i++) {
    clock.advance(2_000)
    await new Promise(resolve => setImmediate(resolve))
  }
  expect(left).toBe(0)
  expect(asked).toHaveLength(4)
  expect(asked[0]?.notificationsBefore).toBeLessThan(asked[0]?.bodiesBefore ?? 0)
  expect(asked[0]?.eventsBefore).toBe((asked[0]?.jobsBefore ?? 0) - 89 * DAY)
  await retention.stop()
})
