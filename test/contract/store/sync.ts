import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JobEnd, Store, SyncEffect, SyncEnd, SyncRequest } from '#ec/backends/store.js'
import type { Item } from '#ec/core/item.js'
import type { NewJob } from '#ec/core/job.js'
import type { SyncPass, SyncRun } from '#ec/core/sync.js'
import { runs } from '../../support/long.ts'
import { aJob, aNotification, anAccount, anEvent, aResource, T0 } from '../../support/store-samples.ts'
import { codeOf, type OpenStore } from './harness.ts'
import { claim, done, leaseOf } from './jobs.ts'

const syncJob = (runAt = T0): NewJob => ({
  kind: 'sync.run',
  group: 'sync:r1',
  priority: 0,
  maxAttempts: 4,
  runAt,
  payload: { resource: 'r1' },
})

const asks = (over: Partial<SyncRequest> = {}): SyncRequest => ({
  resourceId: 'r1',
  cause: 'webhook',
  full: false,
  announced: true,
  at: T0,
  job: syncJob(),
  hurry: false,
  ...over,
})

const aPass = (over: Partial<SyncPass> = {}): SyncPass => ({
  type: 'webhook',
  cause: 'webhook',
  phase: 'read',
  seq: 1,
  through: null,
  startedAt: T0,
  page: null,
  generation: 1,
  cursor: null,
  pages: 1,
  read: 0,
  changed: 0,
  expected: null,
  missedAt: null,
  ...over,
})

const aRun = (over: Partial<SyncRun> = {}): SyncRun => ({
  type: 'webhook',
  cause: 'webhook',
  startedAt: T0,
  endedAt: T0 + 40,
  pages: 1,
  changed: 0,
  error: null,
  ...over,
})

const anEnd = (over: Partial<SyncEnd> = {}): SyncEnd => ({
  run: aRun(),
  seq: 1,
  again: syncJob(T0 + 10),
  through: null,
  ...over,
})

const anItem = (id: string, over: Partial<Item> = {}): Item => ({
  id,
  version: 'v1',
  updatedAt: T0,
  startsAt: T0,
  endsAt: T0 + 3_600_000,
  series: null,
  json: { id },
  ...over,
})

const leaves = (effect: Partial<SyncEffect>): JobEnd =>
  done({ effects: { sync: { resourceId: 'r1', patch: {}, ...effect } } })

const writes = (items: readonly Item[], generation = 1) => items.map(item => ({ item, generation }))

/** A store with one synced resource, `r1`. */
async function synced(open: OpenStore) {
  const t = await open()
  await t.store.putAccount(anAccount({ id: 'a1' }))
  await t.store.addResource(aResource({ id: 'r1', source: { accountId: 'a1', target: 'cal' } }))
  return t
}

/** Asks for a read, and ends its job with an effect. */
async function run(store: Store, effect: Partial<SyncEffect>): Promise<void> {
  await store.requestSync(asks())
  const [job] = (await claim(store)).jobs
  await store.finishJob(leaseOf(job!), leaves(effect))
}

export function syncContract(open: OpenStore): void {
  describe('asking for a read', () => {
    it('makes one job however often it is asked, and none for what is not synced', async () => {
      const { store } = await synced(open)
      const first = await store.requestSync(asks())
      expect(first).toMatch(/^job_/)
      expect(await store.requestSync(asks({ cause: 'probe', at: T0 + 5, announced: false }))).toBe(first)
      expect(await store.getSync('r1')).toMatchObject({
        seq: 2,
        job: first,
        asked: { cause: 'webhook', full: false },
        lastAnnouncedAt: T0,
      })
      expect((await claim(store)).jobs).toMatchObject([{ kind: 'sync.run', payload: { resource: 'r1' } }])
      await store.addResource(aResource({ id: 'r2' }))
      expect(await store.requestSync(asks({ resourceId: 'r2' }))).toBeNull()
      expect(await store.requestSync(asks({ resourceId: 'nobody' }))).toBeNull()
    })

    it('takes the strongest cause, and a full read once it was asked for', async () => {
      const { store } = await synced(open)
      await store.requestSync(asks({ cause: 'user', full: true }))
      await store.requestSync(asks({ cause: 'polling', full: false }))
      expect((await store.getSync('r1'))?.asked).toEqual({ cause: 'user', full: true })
    })

    it('makes another job after the one that runs, when it was asked meanwhile', async () => {
      const { store } = await synced(open)
      await store.requestSync(asks())
      const [job] = (await claim(store)).jobs
      expect(await store.requestSync(asks({ cause: 'user', full: true }))).toBe(job!.id)
      await store.finishJob(leaseOf(job!), leaves({ end: anEnd({ seq: 1 }) }))
      const state = await store.getSync('r1')
      expect(state).toMatchObject({ asked: { cause: 'user', full: true } })
      expect(state?.job).not.toBe(job!.id)
      expect((await claim(store, { now: T0 + 9 })).jobs).toEqual([])
      const [second] = (await claim(store, { now: T0 + 10 })).jobs
      expect(second?.id).toBe(state?.job)
      await store.finishJob(leaseOf(second!), leaves({ end: anEnd({ seq: 2 }) }))
      expect(await store.getSync('r1')).toMatchObject({ job: null, asked: null, seq: 2 })
    })

    it('is not bound to a job that has died', async () => {
      const { store } = await synced(open)
      const first = await store.requestSync(asks())
      const [job] = (await claim(store)).jobs
      await store.finishJob(leaseOf(job!), { type: 'dead', at: T0, reason: 'EC_INTERNAL: no', effects: {} })
      const second = await store.requestSync(asks())
      expect(second).not.toBe(first)
      expect((await claim(store)).jobs.map(({ id }) => id)).toEqual([second])
    })

    it('calls a job forward that waits for long, when there is hurry', async () => {
      const { store } = await synced(open)
      const id = await store.requestSync(asks({ job: syncJob(T0 + 90_000) }))
      await store.requestSync(asks({ job: syncJob(T0), hurry: false }))
      expect((await claim(store)).jobs).toEqual([])
      expect(await store.requestSync(asks({ job: syncJob(T0), hurry: true }))).toBe(id)
      expect(await store.countJobs()).toMatchObject({ ready: 1, delayed: 0 })
      expect((await claim(store)).jobs.map(job => job.id)).toEqual([id])
    })

    it('survives a crash', async () => {
      const t = await synced(open)
      const id = await t.store.requestSync(asks())
      await t.crash()
      expect(await t.store.getSync('r1')).toMatchObject({ seq: 1, job: id })
      expect((await claim(t.store)).jobs.map(job => job.id)).toEqual([id])
    })
  })

  describe('a pass', () => {
    it('goes on page by page, each with its items, its place, its events and the next job at once', async () => {
      const t = await synced(open)
      await t.store.requestSync(asks())
      const [first] = (await claim(t.store)).jobs
      const effect = { items: writes([anItem('e1'), anItem('e2')]), patch: { pass: aPass({ page: 'p2' }) } }
      const appended = await t.store.finishJob(
        leaseOf(first!),
        done({
          effects: { events: [anEvent()], sync: { resourceId: 'r1', next: syncJob(), ...effect } },
        }),
      )
      expect(appended).toHaveLength(1)
      await t.crash()
      expect(await t.store.getSync('r1')).toMatchObject({ items: 2, asked: null, pass: aPass({ page: 'p2' }) })
      const [second] = (await claim(t.store)).jobs
      await t.store.finishJob(
        leaseOf(second!),
        leaves({
          removed: ['e1'],
          patch: { pass: null, cursor: 'c1', cursorVersion: 'v', generation: 1, lastSyncAt: T0, lastSyncType: 'full' },
          end: anEnd(),
        }),
      )
      expect(await t.store.getSync('r1')).toMatchObject({
        items: 1,
        pass: null,
        cursor: 'c1',
        cursorVersion: 'v',
        generation: 1,
        job: null,
        lastSyncType: 'full',
      })
      expect((await t.store.getItems('r1', ['e1', 'e2', 'e3'])).map(({ id }) => id)).toEqual(['e2'])
    })

    it('leaves nothing behind when its lease was lost', async () => {
      const { store } = await synced(open)
      await store.requestSync(asks())
      const [job] = (await claim(store)).jobs
      const effect = leaves({ items: writes([anItem('e1')]), patch: { cursor: 'c1' }, end: anEnd() })
      expect(await codeOf(store.finishJob({ job: job!.id, attempt: 9 }, effect))).toBe('EC_LEASE_LOST')
      expect(await store.getSync('r1')).toMatchObject({ items: 0, cursor: null })
    })

    it('leaves nothing behind when its resource has gone', async () => {
      const { store } = await synced(open)
      await store.requestSync(asks())
      const [job] = (await claim(store)).jobs
      await store.removeResource('r1')
      await store.finishJob(leaseOf(job!), leaves({ items: writes([anItem('e1')]), next: syncJob(), end: anEnd() }))
      expect(await store.getItems('r1', ['e1'])).toEqual([])
      expect(await store.countJobs()).toMatchObject({ ready: 0, delayed: 0, running: 0 })
    })

    it('ends the processing of the notifications that it covers, and of no other', async () => {
      const { store } = await synced(open)
      const batch = ['k1', 'k2', 'k3'].map((key, i) =>
        aNotification({ key, resourceId: 'r1', receivedAt: T0 + i, job: aJob({ group: 'r1' }) }),
      )
      await store.acceptNotifications(batch)
      const { jobs } = await claim(store)
      const ids: string[] = []
      for (const job of jobs) {
        const id = String(job.payload['notification'])
        ids.push(id)
        const notification = { id, state: 'syncing' } as const
        await store.finishJob(leaseOf(job), done({ effects: { notification, requestSync: asks() } }))
      }
      expect(await store.newestSyncing('r1')).toBe(ids[2])
      expect(await store.getNotification(ids[0]!)).toMatchObject({ state: 'syncing', processedAt: null })
      const [sync] = (await claim(store)).jobs
      await store.finishJob(
        leaseOf(sync!),
        leaves({ end: anEnd({ seq: 3, through: ids[1]!, run: aRun({ endedAt: T0 + 500 }) }) }),
      )
      expect(await store.getNotification(ids[0]!)).toMatchObject({ state: 'processed', processedAt: T0 })
      expect(await store.getNotification(ids[2]!)).toMatchObject({ state: 'syncing' })
      expect(await store.sumSyncRuns(0)).toEqual([
        {
          resourceId: 'r1',
          type: 'webhook',
          runs: 1,
          failed: 0,
          changed: 0,
          notifications: 2,
          lost: 0,
          latencyP50: 500,
          latencyP99: 500,
        },
      ])
      expect(await store.syncLatency(0)).toEqual({ p50: 500, p99: 500 })
      expect(await store.syncLatency(T0 + 501)).toEqual({ p50: null, p99: null })
      await run(store, { end: anEnd({ seq: 4, through: ids[2]!, run: aRun({ error: 'EC_PROVIDER' }) }) })
      // What has died was not processed in any time.
      expect(await store.syncLatency(0)).toEqual({ p50: 500, p99: 500 })
      expect(await store.getNotification(ids[2]!)).toMatchObject({ state: 'dead', reason: 'EC_PROVIDER' })
      expect(await store.sumSyncRuns(0)).toMatchObject([{ runs: 2, failed: 1, notifications: 3, lost: 1 }])
      expect(await store.newestSyncing('r1')).toBeNull()
    })

    it('names its runs by resource and age, and retention lets the old ones go', async () => {
      const { store } = await synced(open)
      for (const [i, type] of (['full', 'webhook', 'polling'] as const).entries()) {
        await run(store, { end: anEnd({ seq: i + 1, run: aRun({ type, endedAt: T0 + i, changed: i }) }) })
      }
      const page = await store.listSyncRuns({ limit: 10, resourceId: 'r1', since: T0 + 1 })
      expect(page.rows.map(({ type, resourceId }) => [type, resourceId])).toEqual([
        ['webhook', 'r1'],
        ['polling', 'r1'],
      ])
      expect((await store.sumSyncRuns(T0 + 2)).map(({ type }) => type)).toEqual(['polling'])
    })
  })

  describe('the copy', () => {
    it('has what was written last, however often it is written', async () => {
      const { store } = await synced(open)
      const history = fc.array(
        fc.record({
          id: fc.constantFrom('a', 'b', 'c', 'd'),
          text: fc.constantFrom('x', 'y', null),
          generation: fc.integer({ min: 1, max: 3 }),
        }),
        { maxLength: 12 },
      )
      await fc.assert(
        fc.asyncProperty(history, async changes => {
          await run(store, { removed: ['a', 'b', 'c', 'd'], end: anEnd({ seq: 1e9 }) })
          const truth = new Map<string, { text: string; generation: number }>()
          for (const { id, text, generation } of changes) {
            if (text === null) truth.delete(id)
            else truth.set(id, { text, generation })
            const effect =
              text === null
                ? { removed: [id] }
                : { items: writes([anItem(id, { version: text, json: { text } })], generation) }
            await run(store, { ...effect, end: anEnd({ seq: 1e9 }) })
          }
          const items = await store.listItems('r1', { limit: 10, after: '0' })
          expect(items.rows.map(({ id, json }) => [id, json['text']]).toSorted()).toEqual(
            [...truth].map(([id, { text }]) => [id, text]).toSorted(),
          )
          expect((await store.getSync('r1'))?.items).toBe(truth.size)
          const old = [...truth.values()].filter(({ generation }) => generation < 3).length
          expect(await store.countUnseen('r1', 3)).toBe(old)
          expect(await store.listUnseen('r1', 3, 9)).toHaveLength(old)
        }),
        { numRuns: runs(20) },
      )
    })

    it('gives what lies in a window, with the exceptions of its series wherever they were moved', async () => {
      const { store } = await synced(open)
      const hour = 3_600_000
      const at = (from: number, to: number | null, more: Partial<Item> = {}) => ({
        startsAt: T0 + from * hour,
        endsAt: to === null ? null : T0 + to * hour,
        ...more,
      })
      const items = [
        anItem('before', at(-2, -1)),
        anItem('touches the start', at(-1, 0)),
        anItem('inside', at(0, 1)),
        anItem('over the start', at(-1, 1)),
        anItem('touches the end', at(10, 11)),
        anItem('series', at(-100, null)),
        anItem('moved far away', at(500, 501, { series: 'series' })),
        anItem('cancelled', { startsAt: null, endsAt: null, series: 'series' }),
        anItem('of another', at(500, 501, { series: 'before' })),
        anItem('nowhere', { startsAt: null, endsAt: null }),
      ]
      await run(store, { items: writes(items), end: anEnd() })
      const window = { from: T0, to: T0 + 10 * hour }
      const page = await store.listItems('r1', { limit: 100, after: '0', window })
      expect(page.rows.map(({ id }) => id)).toEqual([
        'inside',
        'over the start',
        'series',
        'moved far away',
        'cancelled',
      ])
      const first = await store.listItems('r1', { limit: 2, after: '0', window })
      const rest = await store.listItems('r1', { limit: 9, after: first.next!, window })
      expect([...first.rows, ...rest.rows]).toEqual(page.rows)
    })

    it('goes with its resource, and leaves others alone', async () => {
      const { store } = await synced(open)
      await store.addResource(aResource({ id: 'r2', source: { accountId: 'a1', target: 'other' } }))
      await run(store, { items: writes([anItem('e1')]), end: anEnd() })
      await store.requestSync(asks({ resourceId: 'r2' }))
      const [job] = (await claim(store)).jobs
      const effect = { resourceId: 'r2', items: writes([anItem('e1')]), patch: {}, end: anEnd() }
      await store.finishJob(leaseOf(job!), done({ effects: { sync: effect } }))
      await store.removeResource('r2')
      await store.addResource(aResource({ id: 'r3', source: { accountId: 'a1', target: 'third' } }))
      expect(await store.getItems('r3', ['e1'])).toEqual([])
      expect(await store.listSyncRuns({ limit: 9, resourceId: 'r3' })).toMatchObject({ rows: [] })
      expect(await store.getItems('r1', ['e1'])).toHaveLength(1)
    })
  })

  describe('a series that has gone', () => {
    it('takes its exceptions along, but for those that come with it', async () => {
      const { store } = await synced(open)
      const exception = (id: string) => anItem(id, { series: 's' })
      const all = [anItem('s'), exception('s-1'), exception('s-2'), anItem('other', { series: 't' })]
      await run(store, { items: writes(all), end: anEnd() })
      await run(store, {
        removed: ['s'],
        removedSeries: ['s', 'nobody'],
        items: writes([exception('s-2'), exception('s-3')]),
        end: anEnd({ seq: 2 }),
      })
      const { rows } = await store.listItems('r1', { limit: 9, after: '0' })
      expect(rows.map(({ id }) => id).toSorted()).toEqual(['other', 's-2', 's-3'])
      expect((await store.getSync('r1'))?.items).toBe(3)
    })

    it('leaves what is kept, though nothing new is said of it', async () => {
      const { store } = await synced(open)
      const exception = (id: string) => anItem(id, { series: 's' })
      await run(store, { items: writes([anItem('s'), exception('s-1'), exception('s-2')]), end: anEnd() })
      const gone = { removed: ['s'], removedSeries: ['s'], kept: ['s-2', 'nobody'] }
      await run(store, { ...gone, items: [], end: anEnd({ seq: 2 }) })
      const { rows } = await store.listItems('r1', { limit: 9, after: '0' })
      expect(rows.map(({ id }) => id)).toEqual(['s-2'])
      expect((await store.getSync('r1'))?.items).toBe(1)
    })
  })

  describe('how a subscription fares', () => {
    it('stands with the resource and its sync, and what is not said stays', async () => {
      const { store } = await synced(open)
      await store.addJob(syncJob(), T0)
      const first = (await claim(store)).jobs[0]!
      const health = { resourceId: 'r1', state: 'degraded', failureCount: 3, nextAt: T0 + 50 } as const
      await store.finishJob(leaseOf(first), done({ effects: { health } }))
      expect(await store.getResource('r1')).toMatchObject({ state: 'degraded' })
      expect(await store.getSync('r1')).toMatchObject({ failureCount: 3, nextAt: T0 + 50 })
      await store.addJob(syncJob(), T0)
      const second = (await claim(store)).jobs[0]!
      await store.finishJob(leaseOf(second), done({ effects: { health: { resourceId: 'r1', nextAt: null } } }))
      expect(await store.getResource('r1')).toMatchObject({ state: 'degraded' })
      expect(await store.getSync('r1')).toMatchObject({ failureCount: 3, nextAt: null })
    })
  })

  describe('what is due', () => {
    it('comes in order of its instant, and nothing that waits for nobody', async () => {
      const { store } = await synced(open)
      expect(await store.nextSyncAt()).toBeNull()
      await store.addResource(aResource({ id: 'r2', source: { accountId: 'a1', target: 'other' } }))
      await store.patchSync('r1', { nextAt: T0 + 20, failureCount: 3, error: 'EC_TIMEOUT', errorAt: T0 })
      await store.patchSync('r2', { nextAt: T0 + 10, heldDeletion: { gone: 40, of: 50, confirmed: false } })
      expect(await store.nextSyncAt()).toBe(T0 + 10)
      expect(await store.listDueSyncs(T0 + 10, 9)).toEqual(['r2'])
      expect(await store.listDueSyncs(T0 + 20, 9)).toEqual(['r2', 'r1'])
      expect(await store.listDueSyncs(T0 + 20, 1)).toEqual(['r2'])
      await store.patchSync('r2', { nextAt: null })
      expect(await store.listDueSyncs(T0 + 20, 9)).toEqual(['r1'])
      expect(await store.getSync('r1')).toMatchObject({ failureCount: 3, error: 'EC_TIMEOUT', errorAt: T0 })
      expect(await store.getSync('r2')).toMatchObject({ heldDeletion: { gone: 40, of: 50, confirmed: false } })
      expect(await store.patchSync('nobody', { nextAt: T0 })).toBe(false)
      expect((await store.listSyncs({ limit: 9, userId: 'anna' })).rows.map(one => one.resourceId)).toEqual([
        'r1',
        'r2',
      ])
      expect((await store.listSyncs({ limit: 9, accountId: 'a9' })).rows).toEqual([])
    })
  })
}
