import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LONG } from '../../support/long.ts'
import { aJob, allBefore, aNotification, aResource, inAllLanes, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'

const refusal = (reason: string, body = 'x') => ({
  provider: 'github',
  resourceId: 'r1',
  kind: 'push',
  receivedAt: T0,
  headers: { 'x-hub': 'sha256=00' },
  body: Buffer.from(body),
  reason,
  detail: 'the signature does not match',
})

export function notificationContract(open: OpenStore): void {
  describe('accepting notifications', () => {
    it('keeps the request as it came and makes its job', async () => {
      const { store } = await open()
      const body = randomBytes(3000)
      const [accepted] = await store.acceptNotifications([
        aNotification({ key: 'k1', body, headers: { 'user-agent': 'Приём' } }),
      ])
      expect(accepted?.outcome).toBe('accepted')
      const record = await store.getNotification(accepted?.id ?? '')
      expect(record).toEqual({
        id: accepted?.id,
        provider: 'github',
        resourceId: 'r1',
        key: 'k1',
        kind: 'push',
        state: 'accepted',
        receivedAt: T0,
        processedAt: null,
        reason: null,
        detail: null,
        headers: { 'user-agent': 'Приём' },
        body: expect.anything(),
      })
      expect(Buffer.from(record?.body ?? []).equals(body)).toBe(true)
      const { rows } = await store.listJobs({ limit: 10 })
      expect(rows).toMatchObject([
        {
          kind: 'notification.process',
          group: 'r1',
          state: 'ready',
          attempt: 0,
          payload: { notification: accepted?.id },
        },
      ])
    })

    it('keeps every byte of any body', async () => {
      const { store } = await open()
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async body => {
          const [accepted] = await store.acceptNotifications([aNotification({ body })])
          const record = await store.getNotification(accepted?.id ?? '')
          expect(Buffer.from(record?.body ?? []).equals(Buffer.from(body))).toBe(true)
        }),
        { numRuns: 30 },
      )
    })

    it('reads one in a row as it reads it alone', async () => {
      const t = await open()
      const bodies = [
        ...Array.from({ length: 40 }, (_, i) => Buffer.from(`body ${i}`)),
        Buffer.alloc(0),
        randomBytes(50_000),
      ]
      const ids = (await t.store.acceptNotifications(bodies.map(body => aNotification({ body })))).map(({ id }) => id)
      await t.store.quarantine(refusal('EC_SIGNATURE_INVALID'), 10)
      const all = [...ids.toReversed(), ...ids, 'ntf_43', 'ntf_44', 'job_1', '']
      const alone = await Promise.all(all.map(id => t.store.getNotification(id)))
      expect(await Promise.all(all.map(id => t.store.getNotification(id, 32)))).toEqual(alone)
      expect(alone.filter(record => record === null)).toHaveLength(3)
      await t.store.prune({ ...allBefore(0), bodiesBefore: T0 + 1 }, 1000)
      expect((await t.store.getNotification(ids[3] ?? '', 32))?.body).toEqual(
        (await t.store.getNotification(ids[3] ?? ''))?.body,
      )
    })

    it('answers a duplicate with the first one, in one batch, in the next, and after a restart', async () => {
      const t = await open()
      const same = aNotification({ key: 'same' })
      const [first, second] = await t.store.acceptNotifications([same, same])
      expect(first?.outcome).toBe('accepted')
      expect(second).toEqual({ outcome: 'duplicate', id: first?.id })
      const together = await Promise.all([t.store.acceptNotifications([same]), t.store.acceptNotifications([same])])
      expect(together.flat()).toEqual([second, second])
      await t.reopen()
      expect(await t.store.acceptNotifications([same])).toEqual([second])
      await t.crash()
      expect(await t.store.acceptNotifications([same])).toEqual([second])
      expect((await t.store.listNotifications({ limit: 10 })).rows).toHaveLength(1)
      expect((await t.store.countJobs()).ready).toBe(1)
    })

    it('tells the same key of another resource apart', async () => {
      const { store } = await open()
      const outcomes = await store.acceptNotifications([
        aNotification({ resourceId: 'r1', key: 'k' }),
        aNotification({ resourceId: 'r2', key: 'k' }),
        // Joined carelessly, these two would be one.
        aNotification({ resourceId: 'r', key: '1\nk' }),
        aNotification({ resourceId: 'r\n1', key: 'k' }),
      ])
      expect(outcomes.map(o => o.outcome)).toEqual(['accepted', 'accepted', 'accepted', 'accepted'])
    })

    it.runIf(LONG)('knows each of 200,000 keys again, also after a restart', { timeout: 60_000 }, async () => {
      const t = await open()
      const total = 200_000
      const key = (i: number): string => `delivery-${(i * 7919) % total}-${i}`
      const body = new Uint8Array()
      for (let from = 0; from < total; from += 5000) {
        const batch = Array.from({ length: 5000 }, (_, i) =>
          aNotification({ key: key(from + i), body, headers: {}, job: null }),
        )
        const accepted = await t.store.acceptNotifications(batch)
        expect(accepted.every(a => a.outcome === 'accepted')).toBe(true)
      }
      const sample = Array.from({ length: 2000 }, (_, i) => aNotification({ key: key(i * 100), job: null }))
      // Small batches meanwhile, so that what is moved behind the arrivals is moved on.
      for (let i = 0; i < 300; i++) await t.store.acceptNotifications([aNotification({ key: `late-${i}`, job: null })])
      const isKnown = async (): Promise<boolean> =>
        (await t.store.acceptNotifications(sample)).every((a, i) => a.id === `ntf_${i * 100 + 1}`)
      expect(await isKnown()).toBe(true)
      await t.crash()
      expect(await isKnown()).toBe(true)
    })

    it('notes on the resource when its newest notification came', async () => {
      const { store } = await open()
      const resource = await store.addResource(aResource())
      expect(resource.lastNotificationAt).toBeNull()
      await store.acceptNotifications([
        aNotification({ resourceId: resource.id, receivedAt: T0 + 5 }),
        aNotification({ resourceId: resource.id, receivedAt: T0 + 9 }),
      ])
      expect((await store.getResource(resource.id))?.lastNotificationAt).toBe(T0 + 9)
    })
  })

  describe('holding notifications while a resource is paused', () => {
    it('stores them without work and releases them in the order in which they came', async () => {
      const t = await open()
      for (const key of ['a', 'b', 'c']) await t.store.acceptNotifications([aNotification({ key, job: null })])
      await t.store.acceptNotifications([aNotification({ key: 'other', resourceId: 'r2', job: null })])
      expect((await t.store.countJobs()).ready).toBe(0)
      await t.reopen()
      expect(await t.store.releaseHeld('r1', aJob())).toBe(3)
      expect(await t.store.releaseHeld('r1', aJob())).toBe(0)
      const { jobs } = await t.store.claimJobs({ now: T0, leaseUntil: T0 + 1000, lanes: inAllLanes(10) })
      const keys = await Promise.all(
        jobs.map(async job => (await t.store.getNotification(String(job.payload['notification'])))?.key),
      )
      expect(keys).toEqual(['a', 'b', 'c'])
      expect((await t.store.listNotifications({ limit: 10, state: 'held' })).rows.map(n => n.key)).toEqual(['other'])
    })
  })

  describe('quarantine', () => {
    it('keeps what was refused with the reason, and never takes it for an accepted one', async () => {
      const { store } = await open()
      const id = await store.quarantine(refusal('EC_SIGNATURE_INVALID', 'tampered'), 10)
      const record = await store.getNotification(id)
      expect(record).toMatchObject({
        state: 'quarantined',
        reason: 'EC_SIGNATURE_INVALID',
        key: '',
        headers: { 'x-hub': 'sha256=00' },
      })
      expect(Buffer.from(record?.body ?? []).toString()).toBe('tampered')
      const [accepted] = await store.acceptNotifications([aNotification({ key: '' })])
      expect(accepted?.outcome).toBe('accepted')
    })

    it('keeps only the newest, up to its limit', async () => {
      const t = await open()
      for (let i = 0; i < 12; i++) await t.store.quarantine(refusal(`R${i}`), 5)
      const { rows } = await t.store.listNotifications({ limit: 100, state: 'quarantined' })
      expect(rows.map(n => n.reason)).toEqual(['R7', 'R8', 'R9', 'R10', 'R11'])
      const [accepted] = await t.store.acceptNotifications([aNotification()])
      expect(rows.map(n => n.id)).not.toContain(accepted?.id)
    })
  })

  describe('listing notifications', () => {
    it('filters by provider, resource, state and time, and pages both ways', async () => {
      const { store } = await open()
      for (let i = 0; i < 25; i++) {
        await store.acceptNotifications([
          aNotification({
            key: `k${i}`,
            provider: i % 2 ? 'github' : 'calcom',
            resourceId: `r${i % 5}`,
            receivedAt: T0 + i,
          }),
        ])
      }
      const keys = async (query: object): Promise<readonly string[]> =>
        (await store.listNotifications({ limit: 100, ...query })).rows.map(n => n.key)
      expect(await keys({ provider: 'calcom' })).toHaveLength(13)
      expect(await keys({ resourceId: 'r1' })).toEqual(['k1', 'k6', 'k11', 'k16', 'k21'])
      expect(await keys({ resourceId: 'r1', provider: 'github' })).toEqual(['k1', 'k11', 'k21'])
      expect(await keys({ since: T0 + 23 })).toEqual(['k23', 'k24'])
      expect(await keys({ state: 'dead' })).toEqual([])

      const newest = await store.listNotifications({ limit: 10 })
      expect(newest.rows.map(n => n.key)).toEqual(Array.from({ length: 10 }, (_, i) => `k${i + 15}`))
      expect(newest.next).toBeNull()
      const forward: string[] = []
      for (let after: string | null = '0'; after !== null;) {
        const page = await store.listNotifications({ limit: 10, after })
        forward.push(...page.rows.map(n => n.key))
        after = page.next
      }
      expect(forward).toEqual(Array.from({ length: 25 }, (_, i) => `k${i}`))
      const before = await store.listNotifications({ limit: 3, before: newest.rows[0]?.id.slice(4) ?? '' })
      expect(before.rows.map(n => n.key)).toEqual(['k12', 'k13', 'k14'])
      const onward = await store.listNotifications({ limit: 2, after: before.next ?? '' })
      expect(onward.rows.map(n => n.key)).toEqual(['k15', 'k16'])
    })

    it('finds nothing by an id that is none', async () => {
      const { store } = await open()
      await store.acceptNotifications([aNotification()])
      for (const id of ['ntf_', 'ntf_1x', 'job_1', 'ntf_-1', 'ntf_1e3', '', 'ntf_999999999999999999', 'ntf_2']) {
        expect(await store.getNotification(id)).toBeNull()
      }
    })
  })
}
