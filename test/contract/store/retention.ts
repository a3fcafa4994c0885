import type { RetentionLimits, Store } from '#ec/backends/store.js'
import { describe, expect, it } from 'vitest'
import { LONG } from '../../support/long.ts'
import { allBefore, aNotification, anEvent, aProgress, aScheduledEvent, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'
import { addJobs, claim, dead, done, leaseOf } from './jobs.ts'

const DAY = 86_400_000
const NOTHING = allBefore(0)

async function pruneAll(store: Store, limits: Partial<RetentionLimits>, slice = 1000): Promise<number> {
  let all = 0
  for (let rounds = 0; ; rounds++) {
    expect(rounds).toBeLessThan(1000)
    const gone = await store.prune({ ...NOTHING, ...limits }, slice)
    if (gone === 0) return all
    all += gone
  }
}

function question(id: string, expiresAt: number | null) {
  return anEvent({ id, type: 'action.required', expiresAt })
}

function keyed(id: string) {
  return anEvent({ id, contentHash: 'h', idempotencyKey: 'k', keyId: 'key_1' })
}

export function retentionContract(open: OpenStore): void {
  describe('retention', () => {
    it('removes nothing that is young, whatever there is', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent(), aProgress('x')])
      await addJobs(store, ['a', 'b'])
      const { jobs } = await claim(store)
      await store.finishJob(leaseOf(jobs[0]!), done())
      expect(await pruneAll(store, allBefore(T0))).toBe(0)
    })

    it('takes at most a slice of each kind at a time', async () => {
      const { store } = await open()
      await store.appendEvents(Array.from({ length: 25 }, () => anEvent()))
      const gone = []
      for (let i = 0; i < 4; i++) gone.push(await store.prune({ ...NOTHING, eventsBefore: T0 + 1 }, 10))
      expect(gone).toEqual([10, 10, 5, 0])
    })

    it('removes old events, remembers how far, and corrects what is unread', async () => {
      const t = await open()
      for (let i = 0; i < 10; i++) {
        await t.store.appendEvents([
          anEvent({ id: `e${i}`, createdAt: T0 + i * DAY, type: i % 2 ? 'job.done' : 'action.required' }),
        ])
      }
      await t.store.changeStates({ userId: 'anna', ids: ['e1'], state: 'read', by: null, at: T0 + DAY, until: null })
      await t.store.changeStates({
        userId: 'anna',
        ids: ['e0', 'e2'],
        state: 'answered',
        by: null,
        at: T0 + DAY,
        until: null,
      })
      expect((await t.store.getHead('anna')).unread).toEqual({ total: 7, action: 3 })
      await pruneAll(t.store, { eventsBefore: T0 + 4 * DAY })
      expect((await t.store.listEvents({ userId: 'anna', limit: 20 })).rows.map(row => row.id)).toEqual([
        'e4',
        'e5',
        'e6',
        'e7',
        'e8',
        'e9',
      ])
      const head = await t.store.getHead('anna')
      expect(head.unread).toEqual({ total: 6, action: 3 })
      // The states of those events were numbered after them, and are gone too.
      expect(head).toMatchObject({ seq: 13, pruned: 13 })
      expect(await t.store.appendEvents([anEvent()])).toMatchObject([{ item: { seq: 14 } }])
      await t.reopen()
      expect((await t.store.getHead('anna')).unread.total).toBe(7)
    })

    it('keeps a question until it is answered or has expired', async () => {
      const { store } = await open()
      await store.appendEvents([
        question('open', null),
        question('expired', T0 + DAY),
        question('answered', null),
        question('retracted', null),
      ])
      for (const state of ['answered', 'retracted'] as const) {
        await store.changeStates({ userId: 'anna', ids: [state], state, by: null, at: T0 + 1, until: null })
      }
      await pruneAll(store, { eventsBefore: T0 + 90 * DAY }, 1)
      expect((await store.listEvents({ userId: 'anna', limit: 9 })).rows.map(row => row.id)).toEqual(['open'])
      await store.changeStates({
        userId: 'anna',
        ids: ['open'],
        state: 'answered',
        by: null,
        at: T0 + 90 * DAY,
        until: null,
      })
      await pruneAll(store, { eventsBefore: T0 + 90 * DAY })
      expect((await store.listEvents({ userId: 'anna', limit: 9 })).rows).toEqual([])
    })

    it('keeps a scheduled event until its instant, and from then on as long as any other', async () => {
      const { store } = await open()
      await store.appendEvents([
        aScheduledEvent(T0 + 100 * DAY, { id: 'later' }),
        aScheduledEvent(T0 + 50 * DAY, { id: 'never', expiresAt: T0 + 2 }),
      ])
      await pruneAll(store, { eventsBefore: T0 + 99 * DAY })
      expect(
        (await store.listEvents({ userId: 'anna', state: 'scheduled', limit: 9 })).rows.map(row => row.id),
      ).toEqual(['later'])
      const { jobs } = await claim(store, { now: T0 + 100 * DAY })
      for (const job of jobs) {
        const deliver = { userId: 'anna', eventId: String(job.payload['event_id']) }
        await store.finishJob(leaseOf(job), done({ at: T0 + 100 * DAY, effects: { deliver } }))
      }
      await pruneAll(store, { eventsBefore: T0 + 99 * DAY })
      expect((await store.readStream('anna', 0, 9)).map(item => item.id)).toEqual(['later'])
    })

    it('removes progress sooner, without telling of a gap', async () => {
      const { store } = await open()
      await store.appendEvents([aProgress('x'), anEvent({ id: 'e' }), aProgress('y', { createdAt: T0 + 2 * DAY })])
      expect(await pruneAll(store, { progressBefore: T0 + DAY })).toBe(1)
      expect((await store.getHead('anna')).pruned).toBe(0)
      expect(await store.countStream('anna', 0)).toBe(2)
    })

    it('drops raw bodies of what is done with, then the notifications, and never what still waits', async () => {
      const { store } = await open()
      await addJobs(store, ['processed', 'waits', 'newest'], { group: '' })
      await store.acceptNotifications([
        aNotification({ key: 'held', job: null }),
        aNotification({ key: 'last', receivedAt: T0 + 20 * DAY }),
      ])
      const { jobs } = await claim(store, { limit: 1 })
      const id = String(jobs[0]!.payload['notification'])
      await store.finishJob(leaseOf(jobs[0]!), done({ effects: { notification: { id, state: 'processed' } } }))
      expect(await pruneAll(store, { bodiesBefore: T0 + 7 * DAY })).toBe(1)
      expect(await store.getNotification(id)).toMatchObject({ key: 'processed', body: null, headers: null })
      expect((await store.getNotification('ntf_2'))?.body).not.toBeNull()
      expect(await pruneAll(store, { notificationsBefore: T0 + 10 * DAY })).toBe(1)
      const { rows } = await store.listNotifications({ limit: 9 })
      expect(rows.map(n => n.key)).toEqual(['waits', 'newest', 'held', 'last'])
    })

    it('never gives the number of a removed notification or job out again', async () => {
      const t = await open()
      await addJobs(t.store, ['a', 'b', 'c'])
      const { jobs } = await claim(t.store)
      for (const job of jobs) {
        const notification = { id: String(job.payload['notification']), state: 'processed' } as const
        await t.store.finishJob(leaseOf(job), done({ effects: { notification } }))
      }
      await pruneAll(t.store, allBefore(T0 + DAY))
      await t.reopen()
      await addJobs(t.store, ['d'])
      const next = await claim(t.store)
      expect(next.jobs).toMatchObject([{ id: 'job_4', payload: { notification: 'ntf_4' } }])
    })

    it.runIf(LONG)('takes a key that it has forgotten for a new one', { timeout: 60_000 }, async () => {
      const t = await open()
      // Enough to be moved behind the arrivals.
      for (let from = 0; from < 70_000; from += 7000) {
        await t.store.acceptNotifications(
          Array.from({ length: 7000 }, (_, i) =>
            aNotification({ key: `k${from + i}`, body: new Uint8Array(), job: null }),
          ),
        )
      }
      for (let i = 0; i < 200; i++) await t.store.acceptNotifications([aNotification({ key: `z${i}`, job: null })])
      const released = await t.store.releaseHeld('r1', {
        kind: 'notification.process',
        group: '',
        priority: 0,
        maxAttempts: 1,
        runAt: T0,
      })
      expect(released).toBe(70_200)
      const { jobs } = await claim(t.store, { limit: 1000, perGroup: 1000 })
      await Promise.all(
        jobs.map(job => {
          const notification = { id: String(job.payload['notification']), state: 'processed' } as const
          return t.store.finishJob(leaseOf(job), done({ effects: { notification } }))
        }),
      )
      expect(await pruneAll(t.store, { notificationsBefore: T0 + DAY })).toBeGreaterThanOrEqual(1000)
      const [gone, kept] = await t.store.acceptNotifications([
        aNotification({ key: 'k999', job: null }),
        aNotification({ key: 'k1000', job: null }),
      ])
      expect([gone?.outcome, kept?.outcome]).toEqual(['accepted', 'duplicate'])
      // The keys of what is gone go too, bit by bit, even while older rows are kept.
      let keys = 0
      for (let i = 0; i < 200; i++) keys += await t.store.prune({ ...NOTHING, notificationsBefore: T0 + DAY }, 1000)
      expect(await t.store.acceptNotifications([aNotification({ key: 'k5000', job: null })])).toMatchObject([
        { outcome: 'duplicate' },
      ])
      expect(keys).toBeLessThanOrEqual(1000)
    })

    it('removes jobs that are done, and dead letters as late as their notifications', async () => {
      const { store } = await open()
      await addJobs(store, ['a', 'b', 'c', 'd'], { group: '' })
      const { jobs } = await claim(store, { limit: 3 })
      await store.finishJob(leaseOf(jobs[0]!), done({ at: T0 + 5 }))
      await store.finishJob(leaseOf(jobs[1]!), done({ at: T0 + DAY }))
      await store.finishJob(leaseOf(jobs[2]!), dead())
      await pruneAll(store, { jobsBefore: T0 + DAY })
      expect((await store.listJobs({ limit: 9 })).rows.map(job => job.state)).toEqual(['done', 'dead', 'ready'])
      expect(await store.countJobs()).toEqual({ ready: 1, delayed: 0, running: 0, done: 1, dead: 1 })
      await pruneAll(store, { notificationsBefore: T0 + DAY })
      expect(await store.countJobs()).toEqual({ ready: 1, delayed: 0, running: 0, done: 1, dead: 0 })
    })

    it('sums calls up by the day before it removes them', async () => {
      const { store } = await open()
      const day = Math.floor(T0 / DAY) * DAY
      const call = {
        provider: 'github',
        account: 'a',
        operation: 'x',
        cause: 'polling',
        status: 200,
        ms: 1,
        error: null,
      } as const
      for (let i = 0; i < 9; i++) {
        await store.recordCalls([
          { ...call, at: day + i * 3_600_000 * 8, attempt: i % 3 === 0 ? 2 : 1, status: i === 4 ? 500 : 200 },
        ])
      }
      const before = await store.sumCalls(0)
      expect(await pruneAll(store, { callsBefore: day + 2 * DAY }, 2)).toBe(6)
      expect(await store.sumCalls(0)).toEqual(before)
      expect(before).toMatchObject([{ calls: 9, retries: 3, failures: 1 }])
      expect(await store.sumCalls(day + DAY)).toMatchObject([{ calls: 6 }])
    })

    it('removes traces and idempotency keys by their age', async () => {
      const { store } = await open()
      const trace = {
        userId: 'anna',
        eventId: 'a',
        step: 'sent',
        channel: null,
        target: null,
        reason: null,
        count: null,
      } as const
      await store.recordTraces([
        { ...trace, at: T0 },
        { ...trace, at: T0 + DAY },
      ])
      expect(await pruneAll(store, { tracesBefore: T0 + DAY })).toBe(1)
      expect(await store.readTrace('anna', 'a')).toHaveLength(1)
      await store.appendEvents([keyed('one')])
      await pruneAll(store, { eventsBefore: T0 + 1 })
      expect(await store.appendEvents([keyed('two')])).toMatchObject([{ outcome: 'appended', id: 'two' }])
    })

    it('finds what is old behind a few rows that a wrong clock dated years ahead', async () => {
      const { store } = await open()
      const ids = Array.from({ length: 60 }, (_, i) => `e${i}`)
      for (const [i, id] of ids.entries()) {
        await store.appendEvents([anEvent({ id, createdAt: i === 20 || i === 21 ? T0 + 999 * DAY : T0 + i })])
      }
      await pruneAll(store, { eventsBefore: T0 + 50 })
      const left = (await store.listEvents({ userId: 'anna', limit: 100 })).rows.map(row => row.id)
      expect(left).toEqual(['e20', 'e21', ...ids.slice(50)])
    })
  })
}
