import { describe, expect, it } from 'vitest'
import type { Job } from '#ec/core/job.js'
import { anEvent, T0 } from '../../support/store-samples.ts'
import { codeOf, type OpenStore } from './harness.ts'
import { addJobs, claim, done, keysOf, leaseOf, retry } from './jobs.ts'

/** The job that tells of another which the store itself gave up. */
function alertOf(dead: Job | undefined): object {
  const payload = { buried: dead?.payload['notification'], job: dead?.id }
  return { kind: 'notification.alert', state: 'ready', attempt: 0, payload }
}

export function leaseContract(open: OpenStore): void {
  describe('the lease of a job', () => {
    it('is refused when another worker has taken the job over, and nothing happens', async () => {
      const { store } = await open()
      await addJobs(store, ['a'])
      const { jobs } = await claim(store, { leaseUntil: T0 + 1000 })
      const old = leaseOf(jobs[0]!)
      expect(await store.expireLeases(T0 + 999)).toBe(0)
      expect(await store.expireLeases(T0 + 1000)).toBe(1)
      const late = done({ effects: { events: [anEvent()] } })
      expect(await codeOf(store.finishJob(old, late))).toBe('EC_LEASE_LOST')
      const again = await claim(store)
      expect(again.jobs[0]).toMatchObject({ id: old.job, attempt: 2 })
      expect(await codeOf(store.finishJob(old, late))).toBe('EC_LEASE_LOST')
      await store.releaseJobs([old])
      expect((await store.getJob(old.job))?.state).toBe('running')
      expect((await store.getHead('anna')).seq).toBe(0)
      await store.finishJob(leaseOf(again.jobs[0]!), late)
      expect((await store.getHead('anna')).seq).toBe(1)
    })

    it('ends a job once, also when it is ended twice in one breath', async () => {
      const { store } = await open()
      await addJobs(store, ['a'])
      const { jobs } = await claim(store)
      const end = () => store.finishJob(leaseOf(jobs[0]!), done({ effects: { events: [anEvent()] } }))
      const results = await Promise.allSettled([end(), end(), end()])
      expect(results.map(r => r.status)).toEqual(['fulfilled', 'rejected', 'rejected'])
      expect((await store.getHead('anna')).seq).toBe(1)
      expect(await store.countJobs()).toEqual({ ready: 0, delayed: 0, running: 0, done: 1, dead: 0 })
    })

    it('is lost to an expiry in the same breath', async () => {
      const { store } = await open()
      await addJobs(store, ['a'])
      const { jobs } = await claim(store, { leaseUntil: T0 + 1000 })
      const [expired, end] = await Promise.allSettled([
        store.expireLeases(T0 + 1000),
        store.finishJob(leaseOf(jobs[0]!), done({ effects: { events: [anEvent()] } })),
      ])
      expect(expired).toMatchObject({ value: 1 })
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'EC_LEASE_LOST' } })
      expect(await keysOf(store, (await claim(store)).jobs)).toEqual(['a'])
      expect((await claim(store)).jobs).toEqual([])
    })

    it('lets the jobs of a run end in no other order', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b'])
      const { jobs } = await claim(store)
      expect(await codeOf(store.finishJob(leaseOf(jobs[1]!), done()))).toBe('EC_CONFLICT')
      await store.finishJob(leaseOf(jobs[0]!), done())
      await store.finishJob(leaseOf(jobs[1]!), done())
      expect((await store.countJobs()).done).toBe(2)
    })

    it('does not count when the job is given back', async () => {
      const t = await open()
      await addJobs(t.store, ['a', 'b'])
      const first = await claim(t.store)
      await t.store.releaseJobs(first.jobs.map(leaseOf))
      expect(await t.store.countJobs()).toEqual({ ready: 2, delayed: 0, running: 0, done: 0, dead: 0 })
      await t.crash()
      const again = await claim(t.store)
      expect(await keysOf(t.store, again.jobs)).toEqual(['a', 'b'])
      expect(again.jobs.map(job => job.attempt)).toEqual([1, 1])
    })

    it('costs an attempt when it runs out: only that of the job whose turn it was', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b', 'c'], { group: 'g' })
      await addJobs(store, ['x', 'y'], { group: '' })
      await claim(store, { leaseUntil: T0 + 1000 })
      expect(await store.expireLeases(T0 + 1000)).toBe(5)
      const { rows } = await store.listJobs({ limit: 10 })
      expect(rows.map(job => [job.state, job.attempt])).toEqual([
        ['ready', 1],
        ['ready', 0],
        ['ready', 0],
        ['ready', 1],
        ['ready', 1],
      ])
    })

    it('makes a dead letter of a job that outlasts its last lease, and of its notification', async () => {
      const { store } = await open()
      await addJobs(store, ['hangs', 'next'], { maxAttempts: 2 })
      for (let attempt = 1; attempt <= 2; attempt++) {
        const { jobs } = await claim(store, { leaseUntil: T0 + 1000 })
        expect(jobs[0]).toMatchObject({ attempt })
        await store.expireLeases(T0 + 1000)
      }
      const { rows } = await store.listJobs({ limit: 10 })
      expect(rows).toMatchObject([
        { state: 'dead', attempt: 2, error: 'its lease ran out' },
        { state: 'ready', attempt: 0 },
        alertOf(rows[0]),
      ])
      const notification = await store.getNotification(String(rows[0]?.payload['notification']))
      expect(notification).toMatchObject({ state: 'dead', reason: 'EC_TIMEOUT' })
      const { jobs } = await claim(store)
      expect(jobs.map(job => job.id)).toEqual(rows.slice(1).map(job => job.id))
    })
  })

  describe('a crash', () => {
    it.each(['crash', 'reopen'] as const)('brings running jobs back with their attempt counted (%s)', async how => {
      const t = await open()
      await addJobs(t.store, ['a', 'b'], { group: 'g' })
      await addJobs(t.store, ['x'], { group: '' })
      const { jobs } = await claim(t.store)
      expect(jobs).toHaveLength(3)
      await t[how]()
      const { rows } = await t.store.listJobs({ limit: 10 })
      // Of the run only the first had its turn.
      expect(rows.map(job => [job.state, job.attempt])).toEqual([
        ['ready', 1],
        ['ready', 0],
        ['ready', 1],
      ])
      const again = await claim(t.store)
      expect((await keysOf(t.store, again.jobs)).toSorted()).toEqual(['a', 'x'])
      expect(again.jobs.map(job => job.attempt)).toEqual([2, 2])
      expect(await codeOf(t.store.finishJob(leaseOf(jobs[0]!), done()))).toBe('EC_LEASE_LOST')
    })

    it('ends a job that always takes its process with it as a dead letter, and costs no other a life', async () => {
      const t = await open()
      await addJobs(t.store, ['poison', 'next'], { maxAttempts: 3 })
      for (let crash = 1; crash <= 6; crash++) {
        const { jobs } = await claim(t.store, { now: t.clock.now() })
        // Beside what a crash took it may fail as often as ever.
        expect(jobs[0]).toMatchObject({ attempt: crash, maxAttempts: 3 + crash - 1 })
        expect(await keysOf(t.store, jobs)).toEqual(crash === 1 ? ['poison', 'next'] : ['poison'])
        await t.crash()
        t.clock.advance(15_000)
      }
      const { rows } = await t.store.listJobs({ limit: 10 })
      expect(rows).toMatchObject([
        { state: 'dead', attempt: 6, error: 'the agent ended while it ran' },
        { state: 'ready', attempt: 0 },
        alertOf(rows[0]),
      ])
      expect(await t.store.countJobs()).toEqual({ ready: 2, delayed: 0, running: 0, done: 0, dead: 1 })
      expect(await t.store.getNotification(String(rows[0]?.payload['notification']))).toMatchObject({
        state: 'dead',
        reason: 'EC_INTERNAL',
      })
      const { jobs } = await claim(t.store, { now: t.clock.now() })
      expect(jobs.map(job => job.id)).toEqual(rows.slice(1).map(job => job.id))
    })

    it('that takes the alert of a dead job with it again and again ends that too, and makes no other', async () => {
      const t = await open()
      await addJobs(t.store, ['poison'])
      for (let crash = 1; crash <= 12; crash++) {
        expect((await claim(t.store, { now: t.clock.now() })).jobs).toHaveLength(1)
        await t.crash()
        t.clock.advance(15_000)
      }
      expect((await claim(t.store, { now: t.clock.now() })).jobs).toEqual([])
      expect(await t.store.countJobs()).toEqual({ ready: 0, delayed: 0, running: 0, done: 0, dead: 2 })
    })

    it('makes a job wait longer after each, and its group with it', async () => {
      const t = await open()
      await addJobs(t.store, ['suspect', 'next'], { group: 'g' })
      for (const wait of [0, 1000, 2000, 5000, 15_000]) {
        await claim(t.store, { now: t.clock.now() })
        await t.crash()
        if (wait > 0) {
          const nextRunAt = t.clock.now() + wait
          expect(await claim(t.store, { now: nextRunAt - 1 })).toMatchObject({ jobs: [], nextRunAt })
        }
        t.clock.advance(wait)
      }
      expect(await keysOf(t.store, (await claim(t.store, { now: t.clock.now() })).jobs)).toEqual(['suspect'])
    })

    it('leaves a job all its retries', async () => {
      const t = await open()
      await addJobs(t.store, ['a'], { maxAttempts: 2 })
      await claim(t.store)
      await t.crash()
      const { jobs } = await claim(t.store)
      expect(jobs[0]).toMatchObject({ attempt: 2, maxAttempts: 3 })
      expect(await t.store.getJob(jobs[0]!.id)).toMatchObject({ attempt: 2, maxAttempts: 3 })
    })

    it('is forgotten when a person tries the job again', async () => {
      const t = await open()
      await addJobs(t.store, ['a'], { maxAttempts: 2 })
      for (let crash = 1; crash <= 6; crash++) {
        await claim(t.store, { now: t.clock.now() })
        await t.crash()
        t.clock.advance(15_000)
      }
      expect(await t.store.retryJob('job_1', t.clock.now())).toBe(true)
      const { jobs } = await claim(t.store, { now: t.clock.now() })
      expect(jobs[0]).toMatchObject({ attempt: 1, maxAttempts: 2 })
    })

    it('counts nothing for a job that only waited for its retry', async () => {
      const t = await open()
      await addJobs(t.store, ['a'], { group: 'a' })
      await addJobs(t.store, ['b'], { group: 'b' })
      const { jobs } = await claim(t.store)
      await t.store.finishJob(leaseOf(jobs[0]!), retry(T0 + 5000))
      // The other job of the same claim still runs.
      expect(await t.store.getJob(jobs[0]!.id)).toMatchObject({ state: 'delayed', attempt: 1 })
      await t.crash()
      expect(await t.store.getJob(jobs[0]!.id)).toMatchObject({ state: 'delayed', attempt: 1, runAt: T0 + 5000 })
      expect(await t.store.getJob(jobs[1]!.id)).toMatchObject({ state: 'ready', attempt: 1 })
    })

    it('keeps what was done of a run', async () => {
      const t = await open()
      await addJobs(t.store, ['a', 'b', 'c'])
      const { jobs } = await claim(t.store)
      await t.store.finishJob(leaseOf(jobs[0]!), done())
      await t.crash()
      expect(await keysOf(t.store, (await claim(t.store)).jobs)).toEqual(['b'])
    })
  })

  describe('a clock that was set back', () => {
    it('does not hold up retries once they are shifted, and moves no other', async () => {
      const t = await open()
      const back = -3 * 3_600_000
      await addJobs(t.store, ['failed'], { group: 'a' })
      await addJobs(t.store, ['planned'], { group: 'b', runAt: T0 + 10_000 })
      const { jobs } = await claim(t.store)
      await t.store.finishJob(leaseOf(jobs[0]!), retry(T0 + 1000))
      expect(await t.store.shiftRetries(back)).toBe(1)
      const early = await claim(t.store, { now: T0 + back })
      expect(early).toMatchObject({ jobs: [], nextRunAt: T0 + 1000 + back })
      expect(await keysOf(t.store, (await claim(t.store, { now: T0 + 1000 + back })).jobs)).toEqual(['failed'])
      expect((await claim(t.store, { now: T0 + 9999 })).jobs).toEqual([])
      expect(await keysOf(t.store, (await claim(t.store, { now: T0 + 10_000 })).jobs)).toEqual(['planned'])
    })

    it('hands out each job once when retries are shifted among other work', async () => {
      const { store } = await open()
      await addJobs(store, ['r'], { group: 'r' })
      const { jobs } = await claim(store)
      await store.finishJob(leaseOf(jobs[0]!), retry(T0 + 1000))
      await addJobs(store, ['w'], { group: 'w' })
      const [, , claimed] = await Promise.all([
        addJobs(store, ['before'], { group: 'x' }),
        store.shiftRetries(-1000),
        claim(store),
        addJobs(store, ['after'], { group: 'y' }),
      ])
      const rest = await claim(store)
      const all = [...(await keysOf(store, claimed.jobs)), ...(await keysOf(store, rest.jobs))]
      expect(all.toSorted()).toEqual(['after', 'before', 'r', 'w'])
      expect((await claim(store)).jobs).toEqual([])
    })
  })
}
