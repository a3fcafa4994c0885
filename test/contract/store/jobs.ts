import * as fc from 'fast-check'
import type { ClaimResult, JobEnd, Store } from '#ec/backends/store.js'
import type { ClaimedJob } from '#ec/core/job.js'
import { describe, expect, it } from 'vitest'
import { runs } from '../../support/long.ts'
import { aJob, anEvent, aNotification, aProgress, inAllLanes, PLAN, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'

export const done = (over: Partial<Extract<JobEnd, { type: 'done' }>> = {}): JobEnd => ({
  type: 'done',
  at: T0,
  effects: {},
  ...over,
})
export const retry = (runAt: number, reason = 'EC_PROVIDER: no'): JobEnd => ({ type: 'retry', at: T0, runAt, reason })
export const dead = (reason = 'EC_PROVIDER: never'): JobEnd => ({ type: 'dead', at: T0, reason, effects: {} })
export const leaseOf = (job: ClaimedJob) => ({ job: job.id, attempt: job.attempt })

export function claim(
  store: Store,
  over: { now?: number; leaseUntil?: number; limit?: number; perGroup?: number } = {},
) {
  const { now = T0, leaseUntil = T0 + 60_000, limit = 100, perGroup = 100 } = over
  return store.claimJobs({ now, leaseUntil, lanes: inAllLanes(limit, perGroup) })
}

/** Adds a job a key, in order. */
export async function addJobs(
  store: Store,
  keys: readonly string[],
  over: Parameters<typeof aJob>[0] = {},
): Promise<void> {
  const batch = keys.map(key => aNotification({ key, resourceId: over.group ?? 'r1', job: aJob(over) }))
  await store.acceptNotifications(batch)
}

/** What a person calls the claimed jobs: the keys of their notifications. */
export async function keysOf(store: Store, jobs: ClaimResult['jobs']): Promise<readonly string[]> {
  const records = await Promise.all(jobs.map(job => store.getNotification(String(job.payload['notification']))))
  return records.map(record => record?.key ?? '?')
}

export function jobContract(open: OpenStore): void {
  describe('a job that no fact causes', () => {
    it('is made by itself, and handed out as any other at its time', async () => {
      const { store } = await open()
      const { runAt: _, ...job } = aJob({ kind: 'subscription.renew', group: 'subscriptions:r1' })
      const id = await store.addJob({ ...job, runAt: T0 + 500, payload: { resource: 'r1' } }, T0)
      expect(await store.getJob(id)).toMatchObject({ state: 'delayed', attempt: 0, createdAt: T0 })
      expect(await claim(store)).toMatchObject({ jobs: [], nextRunAt: T0 + 500 })
      const claimed = await claim(store, { now: T0 + 500 })
      expect(claimed.jobs).toMatchObject([{ id, kind: 'subscription.renew', payload: { resource: 'r1' } }])
    })
  })

  describe('handing out jobs', () => {
    it('hands out a run of one group in order, and nothing more of it until the run has ended', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b', 'c', 'd'])
      const first = await claim(store, { perGroup: 3 })
      expect(await keysOf(store, first.jobs)).toEqual(['a', 'b', 'c'])
      expect(first).toMatchObject({ more: [], nextRunAt: null, waiting: 1 })
      expect((await claim(store)).jobs).toEqual([])
      await store.finishJob(leaseOf(first.jobs[0]!), done())
      await store.finishJob(leaseOf(first.jobs[1]!), done())
      expect((await claim(store)).jobs).toEqual([])
      await store.finishJob(leaseOf(first.jobs[2]!), done())
      expect(await keysOf(store, (await claim(store)).jobs)).toEqual(['d'])
    })

    it('gives groups and jobs without a group side by side, up to its limit', async () => {
      const { store } = await open()
      await addJobs(store, ['a1', 'a2'], { group: 'a' })
      await addJobs(store, ['b1'], { group: 'b' })
      await addJobs(store, ['x', 'y', 'z'], { group: '' })
      const first = await claim(store, { perGroup: 1, limit: 4 })
      expect(await keysOf(store, first.jobs)).toEqual(['a1', 'b1', 'x', 'y'])
      expect(first.more).toEqual(['notifications'])
      const second = await claim(store, { perGroup: 1, limit: 4 })
      expect(await keysOf(store, second.jobs)).toEqual(['z'])
      expect(second.more).toEqual([])
    })

    it('puts higher priority first, then the older', async () => {
      const { store } = await open()
      await addJobs(store, ['low'], { group: '', priority: -1 })
      await addJobs(store, ['usual'], { group: '' })
      await addJobs(store, ['high'], { group: '', priority: 5 })
      await addJobs(store, ['usual too'], { group: '' })
      expect(await keysOf(store, (await claim(store)).jobs)).toEqual(['high', 'usual', 'usual too', 'low'])
    })

    it('never lets a later job of a group overtake, whatever its priority', async () => {
      const { store } = await open()
      await addJobs(store, ['first'], { priority: 0 })
      await addJobs(store, ['urgent'], { priority: 9 })
      expect(await keysOf(store, (await claim(store)).jobs)).toEqual(['first', 'urgent'])
    })

    it('keeps a delayed job until its instant and tells when that is', async () => {
      const { store } = await open()
      await addJobs(store, ['later'], { group: 'a', runAt: T0 + 5000 })
      await addJobs(store, ['soon'], { group: 'b', runAt: T0 + 2000 })
      expect((await store.countJobs()).delayed).toBe(2)
      expect(await claim(store)).toMatchObject({ jobs: [], nextRunAt: T0 + 2000, more: [], waiting: 2 })
      expect(await keysOf(store, (await claim(store, { now: T0 + 2000 })).jobs)).toEqual(['soon'])
      const rest = await claim(store, { now: T0 + 5000 })
      expect(await keysOf(store, rest.jobs)).toEqual(['later'])
      expect(rest.nextRunAt).toBeNull()
    })

    it('hands out what was due when the clock was set back three hours', async () => {
      const { store } = await open()
      await addJobs(store, ['now'], { group: 'a' })
      await addJobs(store, ['later'], { group: 'b', runAt: T0 + 1000 })
      // Looked at when both are due, so that a list in memory knows it.
      expect((await claim(store, { now: T0 + 1000, limit: 0 })).more).toEqual(['notifications'])
      const back = T0 - 3 * 3_600_000
      expect(await keysOf(store, (await claim(store, { now: back })).jobs)).toEqual(['now'])
      expect(await keysOf(store, (await claim(store, { now: T0 + 1000 })).jobs)).toEqual(['later'])
    })

    it('shows a job as running with its attempt, and what it held as waiting', async () => {
      const t = await open()
      await addJobs(t.store, ['a', 'b'])
      const { jobs } = await claim(t.store, { perGroup: 1 })
      expect(jobs[0]).toMatchObject({
        kind: 'notification.process',
        group: 'r1',
        attempt: 1,
        maxAttempts: 4,
        priority: 0,
        runAt: T0,
      })
      const { rows } = await t.store.listJobs({ limit: 10 })
      expect(rows).toMatchObject([
        { id: jobs[0]?.id, state: 'running', attempt: 1 },
        { state: 'ready', attempt: 0 },
      ])
      expect(await t.store.countJobs()).toEqual({ ready: 1, delayed: 0, running: 1, done: 0, dead: 0 })
      expect((await t.store.listJobs({ limit: 10, state: 'running' })).rows.map(job => job.id)).toEqual([jobs[0]?.id])
      expect((await t.store.listJobs({ limit: 10, state: 'ready' })).rows).toHaveLength(1)
    })
  })

  describe('ending jobs', () => {
    it('applies the effects of a job with its end, in their order', async () => {
      const { store } = await open()
      await addJobs(store, ['a'])
      const { jobs } = await claim(store)
      const [job] = jobs
      const notification = { id: String(job?.payload['notification']), state: 'processed' } as const
      const made = await store.finishJob(
        leaseOf(job!),
        done({
          at: T0 + 7,
          effects: { notification, events: [anEvent({ id: 'e1' }), anEvent({ id: 'e2', userId: 'boris' })] },
        }),
      )
      expect(made).toMatchObject([
        { outcome: 'appended', id: 'e1', item: { seq: 1, userId: 'anna' } },
        { outcome: 'appended', id: 'e2', item: { seq: 1, userId: 'boris' } },
      ])
      expect(await store.getNotification(notification.id)).toMatchObject({ state: 'processed', processedAt: T0 + 7 })
      expect(await store.getJob(job!.id)).toMatchObject({ state: 'done', attempt: 1, finishedAt: T0 + 7, error: null })
    })

    it('stores one event the same whether it comes alone or among others', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b', 'c'])
      const { jobs } = await claim(store)
      const events = [
        anEvent({ id: 'e1', service: 'github', type: 'github.push' }),
        anEvent({ id: 'e1', userId: 'boris', expiresAt: T0 + 9, ws: false, plan: { ...PLAN, inbox: false } }),
        aProgress('build', { id: 'e1', userId: 'carla', level: 'warning' }),
      ]
      const more = anEvent({ id: 'more', userId: 'more' })
      for (const [i, event] of events.entries()) {
        const job = jobs[i]!
        const notification = { id: String(job.payload['notification']), state: 'processed' } as const
        const alone = await store.finishJob(leaseOf(job), done({ effects: { notification, events: [event] } }))
        expect(alone).toEqual([
          {
            outcome: 'appended',
            id: 'e1',
            plan: event.plan,
            item: expect.objectContaining({ seq: 1, userId: event.userId, json: event.json, ws: event.ws }),
          },
        ])
        expect(await store.getNotification(notification.id)).toMatchObject({ state: 'processed' })
      }
      await addJobs(store, ['d', 'e', 'f'])
      const { jobs: others } = await claim(store)
      for (const [i, event] of events.entries()) {
        const twin = { ...event, id: 'twin' }
        await store.finishJob(leaseOf(others[i]!), done({ effects: { events: [twin, { ...more, id: `more${i}` }] } }))
        const [stored] = await store.getEvents('e1', event.userId)
        expect(await store.getEvents('twin', event.userId)).toEqual([{ ...stored, id: 'twin', seq: 2 }])
      }
      const listed = await store.listEvents({
        userId: 'anna',
        type: 'github.push',
        service: 'github',
        level: 'info',
        limit: 9,
      })
      expect(listed.rows.map(({ id }) => id)).toEqual(['e1', 'twin'])
    })

    it('holds back only the group of a job that waits for its retry', async () => {
      const { store } = await open()
      await addJobs(store, ['a1', 'a2'], { group: 'a' })
      await addJobs(store, ['b1', 'b2'], { group: 'b' })
      const { jobs } = await claim(store, { perGroup: 1 })
      await store.finishJob(leaseOf(jobs[0]!), retry(T0 + 1000))
      await store.finishJob(leaseOf(jobs[1]!), done())
      const next = await claim(store)
      expect(await keysOf(store, next.jobs)).toEqual(['b2'])
      expect(next.nextRunAt).toBe(T0 + 1000)
      expect(await store.getJob(jobs[0]!.id)).toMatchObject({
        state: 'delayed',
        attempt: 1,
        error: 'EC_PROVIDER: no',
        runAt: T0 + 1000,
      })
      const again = await claim(store, { now: T0 + 1000 })
      expect(again.jobs.map(job => job.attempt)).toEqual([2])
      expect(await keysOf(store, again.jobs)).toEqual(['a1'])
    })

    it('keeps the order of a group when one in the middle of a run is tried again', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b', 'c', 'd'])
      const { jobs } = await claim(store, { perGroup: 3 })
      await store.finishJob(leaseOf(jobs[0]!), done())
      await store.finishJob(leaseOf(jobs[1]!), retry(T0 + 500))
      await store.releaseJobs([leaseOf(jobs[2]!)])
      const seen: string[] = []
      for (let now = T0; now <= T0 + 500; now += 500) {
        for (;;) {
          const next = await claim(store, { now })
          if (next.jobs.length === 0) break
          seen.push(...(await keysOf(store, next.jobs)))
          for (const job of next.jobs) await store.finishJob(leaseOf(job), done())
        }
      }
      expect(seen).toEqual(['b', 'c', 'd'])
    })

    it('gives a job that was tried before a run of its own', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b', 'c'])
      const { jobs } = await claim(store, { perGroup: 1 })
      await store.finishJob(leaseOf(jobs[0]!), retry(T0))
      const again = await claim(store)
      expect(await keysOf(store, again.jobs)).toEqual(['a'])
      await store.finishJob(leaseOf(again.jobs[0]!), done())
      expect(await keysOf(store, (await claim(store)).jobs)).toEqual(['b', 'c'])
    })

    it('makes a dead letter of a job that will not be tried again, and lets its group go on', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b'])
      const { jobs } = await claim(store, { perGroup: 1 })
      const id = String(jobs[0]!.payload['notification'])
      await store.finishJob(leaseOf(jobs[0]!), {
        type: 'dead',
        at: T0,
        reason: 'EC_PROVIDER: never',
        effects: { notification: { id, state: 'dead', reason: 'EC_PROVIDER' } },
      })
      expect(await store.getJob(jobs[0]!.id)).toMatchObject({
        state: 'dead',
        error: 'EC_PROVIDER: never',
        finishedAt: T0,
      })
      expect(await store.getNotification(id)).toMatchObject({ state: 'dead', reason: 'EC_PROVIDER' })
      expect(await keysOf(store, (await claim(store)).jobs)).toEqual(['b'])
      expect((await store.listJobs({ state: 'dead', limit: 5 })).rows.map(job => job.id)).toEqual([jobs[0]!.id])
    })

    it('revives a dead job with a fresh set of attempts, in its old place', async () => {
      const t = await open()
      await addJobs(t.store, ['a', 'b'], { maxAttempts: 2 })
      const { jobs } = await claim(t.store, { perGroup: 1 })
      const id = String(jobs[0]!.payload['notification'])
      await t.store.finishJob(leaseOf(jobs[0]!), {
        type: 'dead',
        at: T0,
        reason: 'x',
        effects: { notification: { id, state: 'dead', reason: 'EC_PROVIDER' } },
      })
      expect(await t.store.retryJob(jobs[0]!.id, T0 + 5)).toBe(true)
      expect(await t.store.retryJob(jobs[0]!.id, T0 + 5)).toBe(false)
      expect(await t.store.retryJob('job_999', T0)).toBe(false)
      expect(await t.store.getNotification(id)).toMatchObject({ state: 'accepted', reason: null })
      expect(await t.store.countJobs()).toEqual({ ready: 2, delayed: 0, running: 0, done: 0, dead: 0 })
      await t.reopen()
      const again = await claim(t.store, { now: T0 + 5 })
      expect(await keysOf(t.store, again.jobs)).toEqual(['a', 'b'])
      expect(again.jobs[0]).toMatchObject({ attempt: 1, maxAttempts: 2 })
    })
  })

  describe('listing jobs', () => {
    it('filters by kind, state and group, and pages', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b', 'c'], { group: 'g' })
      await addJobs(store, ['d'], { group: 'h', runAt: T0 + 1 })
      const ids = async (query: object) => (await store.listJobs({ limit: 10, ...query })).rows.map(job => job.id)
      expect(await ids({ group: 'g' })).toHaveLength(3)
      expect(await ids({ state: 'delayed' })).toHaveLength(1)
      expect(await ids({ kind: 'event.deliver' })).toEqual([])
      const page = await store.listJobs({ limit: 2, after: '0' })
      expect(page.rows).toHaveLength(2)
      expect((await store.listJobs({ limit: 2, after: page.next ?? '' })).rows.map(job => job.group)).toEqual([
        'g',
        'h',
      ])
      expect(await store.getJob('nothing')).toBeNull()
    })
  })

  describe('any history of jobs', () => {
    it('runs each job of a group after the one before it has ended for good', { timeout: 60_000 }, async () => {
      const ending = fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('done', 'retry now', 'retry later', 'release', 'dead') },
        { weight: 1, arbitrary: fc.constantFrom('reopen', 'crash') },
      )
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 14 }),
          fc.array(ending, { maxLength: 30 }),
          fc.integer({ min: 1, max: 4 }),
          async (groups, endings, perGroup) => {
            const t = await open()
            for (const [i, group] of groups.entries())
              await addJobs(t.store, [`${group}${i}`], { group, maxAttempts: 1000 })
            const ended: string[] = []
            const plan = [...endings]
            let now = T0
            for (let rounds = 0; ended.length < groups.length; rounds++) {
              expect(rounds).toBeLessThan(200)
              const { jobs } = await claim(t.store, { now, perGroup, limit: 6 })
              let stop: 'reopen' | 'crash' | null = null
              const broken = new Set<string>()
              for (const job of jobs) {
                if (broken.has(job.group) || stop) {
                  if (!stop) await t.store.releaseJobs([leaseOf(job)])
                  continue
                }
                const [key] = await keysOf(t.store, [job])
                const how = plan.shift() ?? 'done'
                if (how === 'reopen' || how === 'crash') stop = how
                else if (how === 'release') await t.store.releaseJobs([leaseOf(job)])
                else if (how.startsWith('retry'))
                  await t.store.finishJob(leaseOf(job), retry(how === 'retry now' ? now : now + 1000))
                else {
                  await t.store.finishJob(leaseOf(job), how === 'dead' ? dead() : done())
                  ended.push(key ?? '?')
                  continue
                }
                broken.add(job.group)
              }
              if (stop === 'reopen') await t.reopen()
              if (stop === 'crash') await t.crash()
              now += 1000
            }
            for (const group of ['a', 'b', 'c']) {
              const order = groups.flatMap((g, i) => (g === group ? [`${g}${i}`] : []))
              expect(ended.filter(key => key.startsWith(group))).toEqual(order)
            }
          },
        ),
        { numRuns: runs(6) },
      )
    })
  })
}
