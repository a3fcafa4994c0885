import { describe, expect, it } from 'vitest'
import type { DigestEffect, JobEffects, NewEvent } from '#ec/backends/store.js'
import type { Job } from '#ec/core/job.js'
import { anEvent, inAllLanes, T0 } from '../../support/store-samples.ts'
import type { OpenStore, StoreUnderTest } from './harness.ts'

const HOUR = 3_600_000
const DUE = T0 + 22 * HOUR
const PAGE = { now: DUE, after: 0, limit: 10 }

function held(id: string, over: Partial<NewEvent> = {}, dueAt = DUE): NewEvent {
  const userId = over.userId ?? 'anna'
  return anEvent({ id, ...over, userId, digest: { userId, eventId: id, heldAt: over.deliverAt ?? T0, dueAt } })
}

async function makers(t: StoreUnderTest): Promise<readonly Job[]> {
  const { rows } = await t.store.listJobs({ kind: 'digest.make', limit: 100 })
  return rows.filter(job => job.state === 'delayed' || job.state === 'ready')
}

async function waiting(t: StoreUnderTest, userId = 'anna'): Promise<readonly string[]> {
  return (await t.store.listWaitingItems(userId, PAGE)).map(({ event }) => event.id)
}

/** Ends the first job that is due at an instant, with effects. */
async function end(t: StoreUnderTest, at: number, effects: JobEffects): Promise<void> {
  const lanes = inAllLanes(1, 1)
  const { jobs } = await t.store.claimJobs({ now: at, leaseUntil: at + HOUR, lanes })
  const [job] = jobs
  if (job === undefined) throw new Error('no job is due')
  await t.store.finishJob({ job: job.id, attempt: job.attempt }, { type: 'done', at, effects })
}

function close(over: Partial<Extract<DigestEffect, { type: 'close' }>>): JobEffects {
  const nothing = { gathered: [], dropped: [], jobs: [], traces: [], digest: null, nextAt: DUE + 24 * HOUR }
  return { digest: { type: 'close', userId: 'anna', expected: null, closedAt: DUE, ...nothing, ...over } }
}

export function digestContract(open: OpenStore): void {
  describe('a digest', () => {
    it('is made of what was held, with one job that looks when the first is due', async () => {
      const t = await open()
      await t.store.appendEvents([held('e1'), held('e2'), held('e3', { userId: 'boris' })])
      expect(await waiting(t)).toEqual(['e1', 'e2'])
      expect(await t.store.getDigest('anna', DUE)).toEqual({ closedAt: null, oldestAt: T0 })
      expect((await makers(t)).map(job => [job.payload['user_id'], job.runAt])).toEqual([
        ['anna', DUE],
        ['boris', DUE],
      ])
      await t.store.appendEvents([held('e4', {}, DUE - HOUR)])
      expect((await makers(t)).map(job => job.runAt)).toEqual([DUE, DUE, DUE - HOUR])
    })

    it('holds an event once, and leaves out what a repetition brings', async () => {
      const t = await open()
      const event = held('e1', { contentHash: 'h1' })
      await t.store.appendEvents([event, event])
      await t.store.appendEvents([event])
      expect(await waiting(t)).toEqual(['e1'])
      expect(await makers(t)).toHaveLength(1)
    })

    it('knows nothing of what is delivered later, until then', async () => {
      const t = await open()
      await t.store.appendEvents([held('e1', { deliverAt: DUE + 1 })])
      expect(await waiting(t)).toEqual([])
      expect((await t.store.getDigest('anna', DUE)).oldestAt).toBeNull()
      expect((await t.store.getDigest('anna', DUE + 1)).oldestAt).toBe(DUE + 1)
    })

    it('reads what waits page by page', async () => {
      const t = await open()
      await t.store.appendEvents(['e1', 'e2', 'e3'].map(id => held(id)))
      const first = await t.store.listWaitingItems('anna', { ...PAGE, limit: 2 })
      expect(first.map(({ event }) => event.id)).toEqual(['e1', 'e2'])
      const after = first.at(-1)?.n ?? 0
      expect((await t.store.listWaitingItems('anna', { ...PAGE, after })).map(({ event }) => event.id)).toEqual(['e3'])
    })

    it('takes what it gathers, lets go what it drops, and looks again for what came meanwhile', async () => {
      const t = await open()
      await t.store.appendEvents(['e1', 'e2', 'e3'].map(id => held(id)))
      const made = close({ digest: 'd1', gathered: ['e1'], dropped: ['e2'] })
      await end(t, DUE, made)
      expect(await waiting(t)).toEqual(['e3'])
      expect((await t.store.listDigestItems('anna', 'd1')).map(({ eventId }) => eventId)).toEqual(['e1'])
      expect((await t.store.getDigest('anna', DUE)).closedAt).toBe(DUE)
      expect((await makers(t)).map(job => job.runAt)).toEqual([DUE + 24 * HOUR])
    })

    it('is closed once, whoever comes second', async () => {
      const t = await open()
      await t.store.appendEvents([held('e1'), held('e2', {}, DUE - HOUR)])
      const trace = { userId: 'anna', eventId: 'e2', at: DUE, step: 'queued', channel: 'email' } as const
      const traces = [{ ...trace, target: null, reason: null, count: null }]
      await end(t, DUE, close({ digest: 'd1', gathered: ['e1'], traces }))
      await end(t, DUE, close({ digest: 'd2', gathered: ['e2'], dropped: ['e2'], traces }))
      expect(await t.store.listDigestItems('anna', 'd2')).toEqual([])
      expect(await waiting(t)).toEqual(['e2'])
      expect(await t.store.readTrace('anna', 'e2')).toHaveLength(1)
    })

    it('survives a crash as it was closed', async () => {
      const t = await open()
      await t.store.appendEvents([held('e1'), held('e2')])
      await end(t, DUE, close({ digest: 'd1', gathered: ['e1'] }))
      await t.crash()
      expect((await t.store.listDigestItems('anna', 'd1')).map(({ eventId }) => eventId)).toEqual(['e1'])
      expect(await waiting(t)).toEqual(['e2'])
      expect((await makers(t)).map(job => job.runAt)).toEqual([DUE + 24 * HOUR])
    })

    it('gives back what could not be mailed, and forgets what was', async () => {
      const t = await open()
      await t.store.appendEvents([held('e1'), held('e2')])
      await end(t, DUE, close({ digest: 'd1', gathered: ['e1', 'e2'] }))
      await t.store.appendEvents([anEvent({ jobs: [later('d1')] }), anEvent({ jobs: [later('d2')] })])
      const nextAt = DUE + 24 * HOUR
      await end(t, DUE, { digest: { type: 'release', userId: 'anna', digest: 'd1', nextAt } })
      expect(await waiting(t)).toEqual(['e1', 'e2'])
      expect((await makers(t)).map(job => job.runAt)).toEqual([nextAt])
      await end(t, DUE, close({ expected: DUE, closedAt: nextAt, digest: 'd2', gathered: ['e1', 'e2'] }))
      expect(await t.store.listDigestItems('anna', 'd2')).toHaveLength(2)
    })

    it('is no digest of what is held once more', async () => {
      const t = await open()
      await t.store.appendEvents([held('e1')])
      const entry = { userId: 'anna', eventId: 'e1', heldAt: DUE, dueAt: DUE + HOUR }
      await end(t, DUE, { held: [entry] })
      expect((await t.store.getDigest('anna', DUE)).oldestAt).toBe(T0)
    })

    it('goes with its user, and with what retention takes, but not while it waits', async () => {
      const t = await open()
      await t.store.appendEvents([held('e1'), held('e2'), held('e3', { userId: 'boris' })])
      await end(t, DUE, close({ digest: 'd1', gathered: ['e1'] }))
      await prune(t)
      expect(await t.store.listDigestItems('anna', 'd1')).toEqual([])
      expect(await waiting(t)).toEqual(['e2'])
      await t.store.eraseUser('boris')
      expect(await waiting(t, 'boris')).toEqual([])
      expect(await t.store.getDigest('boris', DUE)).toEqual({ closedAt: null, oldestAt: null })
    })
  })
}

function later(digest: string) {
  const payload = { user_id: 'anna', digest }
  return { kind: 'digest.send', group: '', priority: 0, maxAttempts: 4, runAt: T0, payload } as const
}

async function prune({ store }: StoreUnderTest): Promise<void> {
  const before = DUE + 1000 * HOUR
  const limits = {
    progressBefore: before,
    eventsBefore: before,
    bodiesBefore: 0,
    notificationsBefore: 0,
    callsBefore: 0,
    jobsBefore: 0,
    tracesBefore: 0,
    engagementBefore: 0,
    reportsBefore: 0,
    sessionsBefore: 0,
  }
  while ((await store.prune(limits, 100)) > 0);
}
