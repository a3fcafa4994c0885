import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createMemoryQueue } from '#ec/backends/memory/queue.js'
import { openSqliteStore } from '#ec/backends/sqlite/store.js'
import { silentLog } from '#ec/core/log.js'
import { createSeal } from '#ec/core/seal.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeClock } from '../../../support/fake-clock.ts'
import { aNotification } from '../../../support/store-samples.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { until } from '../../../support/until.ts'

describe('work beside senders who wait', () => {
  it('is done to its end while nobody presses', async () => {
    const q = await open(['r1'], 100)
    q.queue.start(q.worker)
    await q.reaches(100)
  })

  it('is claimed at a trickle while they press, so that a flood never starves it', async () => {
    const q = await open(['r1'], 100)
    q.pressed = true
    q.queue.start(q.worker)
    await q.staysAt(0)
    for (const handled of [16, 32, 48]) {
      q.clock.advance(100)
      await q.reaches(handled)
      await q.staysAt(handled)
    }
    q.pressed = false
    q.clock.advance(1)
    await q.reaches(100)
  })

  it.each([
    ['a run of one group', ['r1'], 200],
    ['the runs of many groups together', Array.from({ length: 25 }, (_, i) => `r${i}`), 8],
  ])('gives way in the middle of %s', async (_, groups, perGroup) => {
    const q = await open(groups, perGroup)
    // They come when it has begun.
    q.onJob = () => (q.pressed = true)
    q.queue.start(q.worker)
    await q.reaches(32)
    await q.staysAt(32)
    for (const handled of [48, 64, 80]) {
      q.clock.advance(100)
      await q.reaches(handled)
      await q.staysAt(handled)
    }
    q.onJob = () => {}
    q.pressed = false
    q.clock.advance(1)
    await q.reaches(200)
  })

  it('goes on as soon as they are served, in the order of its group', async () => {
    const q = await open(['r1'], 100)
    q.onJob = () => (q.pressed = true)
    q.queue.start(q.worker)
    await q.staysAt(32)
    q.onJob = () => {}
    q.pressed = false
    q.clock.advance(1)
    await q.reaches(100)
    expect(q.handled).toEqual(q.handled.toSorted((a, b) => a - b))
  })

  it('is given back when a run has waited for long, while its leases are young', async () => {
    const q = await open(['r1'], 600)
    q.onJob = () => (q.pressed = true)
    q.queue.start(q.worker)
    await q.staysAt(32)
    expect((await q.store.countJobs()).running).toBe(600 - 32)
    for (let handled = 48; handled <= 32 + 29 * 16; handled += 16) {
      q.clock.advance(100)
      await q.reaches(handled)
    }
    q.clock.advance(100)
    await until(
      () => q.store.countJobs(),
      ({ running }) => running === 0,
    )
  })

  it('holds up no stop', async () => {
    const q = await open(['r1'], 100)
    q.onJob = () => (q.pressed = true)
    q.queue.start(q.worker)
    await q.staysAt(32)
    const stopped = q.queue.stop(1000)
    q.clock.advance(1)
    await stopped
    expect(await q.store.countJobs()).toMatchObject({ running: 0, ready: 68, done: 32 })
  })
})

/** A queue over a store of its own, with so many jobs of each group; `pressed` says whether senders wait. */
async function open(groups: readonly string[], perGroup: number) {
  const clock = new FakeClock()
  const store = await openSqliteStore({
    file: join(tempDir(), 'ec.db'),
    clock,
    log: silentLog,
    seal: createSeal(randomBytes(32)),
  })
  const queue = createMemoryQueue({ store, clock, log: silentLog, busy: () => world.pressed })
  onTestFinished(async () => {
    world.pressed = false
    const stopped = queue.stop(0)
    clock.advance(1000)
    await stopped
    await store.close()
  })
  for (let i = 0; i < perGroup; i++) {
    await store.acceptNotifications(groups.map(resourceId => aNotification({ resourceId })))
  }
  const world = {
    clock,
    store,
    queue,
    pressed: false,
    onJob: () => {},
    /** The jobs' numbers. */
    handled: new Array<number>(),
    worker: {
      async handle(job: { readonly id: string }) {
        world.handled.push(Number(job.id.slice('job_'.length)))
        world.onJob()
        return { type: 'done' } as const
      },
      settled() {},
    },
    reaches: (count: number) =>
      until(
        () => world.handled.length,
        handled => handled >= count,
      ),
    /** Whatever is under way has time to get on. */
    async staysAt(count: number) {
      await world.reaches(count)
      for (let i = 0; i < 5; i++) {
        await new Promise(resolve => setTimeout(resolve, 10))
        await store.releaseJobs([])
      }
      expect(world.handled.length).toBe(count)
    },
  }
  return world
}
