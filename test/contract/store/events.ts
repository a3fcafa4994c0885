import type { NewEvent } from '#ec/backends/store.js'
import { describe, expect, it } from 'vitest'
import {
  anEvent,
  aProgress,
  aScheduledEvent,
  contentHashOf,
  inAllLanes,
  PLAN,
  T0,
} from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'

function named(content: string, over: Partial<NewEvent> = {}) {
  return anEvent({ id: 'build-7', contentHash: contentHashOf(content), keyId: 'key_a', ...over })
}

function keyed(content: string, over: Partial<NewEvent> = {}) {
  return anEvent({ contentHash: contentHashOf(content), idempotencyKey: 'once', keyId: 'key_a', ...over })
}

export function eventContract(open: OpenStore): void {
  describe('appending events', () => {
    it('numbers each user by itself, strictly up, also across a restart', async () => {
      const t = await open()
      const seqs = async (userId: string, n: number): Promise<readonly (number | undefined)[]> => {
        const appended = await t.store.appendEvents(Array.from({ length: n }, () => anEvent({ userId })))
        return appended.map(a => (a.outcome === 'appended' ? a.item?.seq : undefined))
      }
      expect(await seqs('anna', 3)).toEqual([1, 2, 3])
      expect(await seqs('boris', 2)).toEqual([1, 2])
      await t.crash()
      const [a, b] = await Promise.all([seqs('anna', 2), seqs('anna', 2)])
      expect([...(a ?? []), ...(b ?? [])]).toEqual([4, 5, 6, 7])
      expect(await t.store.getHead('anna')).toEqual({ seq: 7, pruned: 0, unread: { total: 7, action: 0 } })
    })

    it('gives back the item that is ready to send, and stores the same', async () => {
      const { store } = await open()
      const event = anEvent({ id: 'evt_1', service: 'ci', level: 'warning', title: 'Готово' })
      const [appended] = await store.appendEvents([event])
      expect(appended).toEqual({
        outcome: 'appended',
        id: 'evt_1',
        plan: PLAN,
        item: { kind: 'event', userId: 'anna', seq: 1, id: 'evt_1', json: event.json, ws: true, progressKey: null },
      })
      expect(await store.getEvents('evt_1')).toEqual([
        {
          json: event.json,
          id: 'evt_1',
          userId: 'anna',
          seq: 1,
          keyId: null,
          plan: PLAN,
          seenAt: null,
          readAt: null,
          archivedAt: null,
          snoozedUntil: null,
          answeredAt: null,
          retractedAt: null,
        },
      ])
      expect(await store.getUser('anna')).toMatchObject({ id: 'anna', createdAt: T0 })
    })

    it('is a new event each time when the caller named nothing', async () => {
      const { store } = await open()
      const outcomes = await store.appendEvents([anEvent(), anEvent()])
      expect(outcomes.map(o => o.outcome)).toEqual(['appended', 'appended'])
    })
  })

  describe('an id of the caller', () => {
    it('answers the same content with the first result', async () => {
      const t = await open()
      const [first, again] = await t.store.appendEvents([named('x'), named('x')])
      expect(first?.outcome).toBe('appended')
      expect(again).toEqual({ outcome: 'repeated', id: 'build-7', seq: 1, plan: PLAN })
      await t.reopen()
      expect(await t.store.appendEvents([named('x')])).toEqual([again])
      expect((await t.store.getHead('anna')).seq).toBe(1)
    })

    it('refuses other content, and content of another key', async () => {
      const { store } = await open()
      await store.appendEvents([named('x')])
      expect(await store.appendEvents([named('y')])).toEqual([{ outcome: 'conflict', id: 'build-7' }])
      expect(await store.appendEvents([named('x', { keyId: 'key_b' })])).toEqual([
        { outcome: 'conflict', id: 'build-7' },
      ])
      expect(await store.appendEvents([named('x', { keyId: null })])).toEqual([{ outcome: 'conflict', id: 'build-7' }])
      expect((await store.getHead('anna')).seq).toBe(1)
    })

    it('stands for one event of each user', async () => {
      const { store } = await open()
      const outcomes = await store.appendEvents([named('x'), named('y', { userId: 'boris' })])
      expect(outcomes.map(o => o.outcome)).toEqual(['appended', 'appended'])
      expect((await store.getEvents('build-7')).map(e => e.userId).toSorted()).toEqual(['anna', 'boris'])
      expect(await store.getEvents('build-7', 'boris')).toHaveLength(1)
    })
  })

  describe('an idempotency key', () => {
    it('answers the same content with the first result, whatever id it would have got', async () => {
      const t = await open()
      const [first] = await t.store.appendEvents([keyed('x')])
      await t.crash()
      expect(await t.store.appendEvents([keyed('x')])).toEqual([
        { outcome: 'repeated', id: first?.id, seq: 1, plan: PLAN },
      ])
    })

    it('refuses other content', async () => {
      const { store } = await open()
      const [first] = await store.appendEvents([keyed('x')])
      expect(await store.appendEvents([keyed('y')])).toEqual([{ outcome: 'conflict', id: first?.id }])
    })

    it('counts for its service key and user alone', async () => {
      const { store } = await open()
      const outcomes = await store.appendEvents([
        keyed('x'),
        keyed('y', { keyId: 'key_b' }),
        keyed('z', { userId: 'boris' }),
        keyed('w', { keyId: null }),
      ])
      expect(outcomes.map(o => o.outcome)).toEqual(['appended', 'appended', 'appended', 'appended'])
    })

    it('still answers after the event itself was retracted', async () => {
      const { store } = await open()
      const [first] = await store.appendEvents([keyed('x')])
      await store.changeStates({
        userId: 'anna',
        ids: [first?.id ?? ''],
        state: 'retracted',
        by: null,
        at: T0,
        until: null,
      })
      expect(await store.appendEvents([keyed('x')])).toMatchObject([{ outcome: 'repeated', id: first?.id }])
    })
  })

  describe('a scheduled event', () => {
    const claim = { leaseUntil: T0 + 1e6, lanes: inAllLanes(10) }

    it('takes its place when its job delivers it, once', async () => {
      const t = await open()
      const event = aScheduledEvent(T0 + 60_000, { id: 'evt_later' })
      const [appended] = await t.store.appendEvents([event])
      expect(appended).toMatchObject({ outcome: 'appended', item: null, id: 'evt_later' })
      await t.store.appendEvents([anEvent()])
      expect((await t.store.getHead('anna')).unread.total).toBe(1)
      await t.reopen()
      const early = await t.store.claimJobs({ ...claim, now: T0 + 59_999 })
      expect(early).toMatchObject({ jobs: [], nextRunAt: T0 + 60_000, more: [] })
      const { jobs } = await t.store.claimJobs({ ...claim, now: T0 + 60_000 })
      const [job] = jobs
      expect(job).toMatchObject({ kind: 'event.deliver', payload: { user_id: 'anna', event_id: 'evt_later' } })
      const deliver = { userId: 'anna', eventId: 'evt_later' }
      const lease = { job: job?.id ?? '', attempt: job?.attempt ?? 0 }
      const made = await t.store.finishJob(lease, { type: 'done', at: T0 + 60_000, effects: { deliver } })
      expect(made).toEqual([
        {
          outcome: 'appended',
          id: 'evt_later',
          plan: PLAN,
          item: {
            kind: 'event',
            userId: 'anna',
            seq: 2,
            id: 'evt_later',
            json: event.json,
            ws: true,
            progressKey: null,
          },
        },
      ])
      expect((await t.store.getHead('anna')).unread.total).toBe(2)
    })

    it.each([
      ['was retracted', { expiresAt: null, retract: true }],
      ['has expired', { expiresAt: T0 + 30_000, retract: false }],
    ])('gets no number when it %s', async (_, { expiresAt, retract }) => {
      const { store } = await open()
      await store.appendEvents([aScheduledEvent(T0 + 60_000, { id: 'evt_later', expiresAt })])
      if (retract) {
        await store.changeStates({
          userId: 'anna',
          ids: ['evt_later'],
          state: 'retracted',
          by: null,
          at: T0,
          until: null,
        })
      }
      const head = await store.getHead('anna')
      const { jobs } = await store.claimJobs({ ...claim, now: T0 + 60_000 })
      const deliver = { userId: 'anna', eventId: 'evt_later' }
      const lease = { job: jobs[0]?.id ?? '', attempt: 1 }
      expect(await store.finishJob(lease, { type: 'done', at: T0 + 60_000, effects: { deliver } })).toEqual([])
      expect(await store.getHead('anna')).toEqual(head)
    })

    it('is not unread when it was read from the list before its time', async () => {
      const { store } = await open()
      await store.appendEvents([aScheduledEvent(T0 + 60_000, { id: 'evt_later' })])
      await store.changeStates({ userId: 'anna', ids: ['evt_later'], state: 'read', by: null, at: T0, until: null })
      const { jobs } = await store.claimJobs({ ...claim, now: T0 + 60_000 })
      const deliver = { userId: 'anna', eventId: 'evt_later' }
      await store.finishJob(
        { job: jobs[0]?.id ?? '', attempt: 1 },
        { type: 'done', at: T0 + 60_000, effects: { deliver } },
      )
      expect((await store.getHead('anna')).unread.total).toBe(0)
    })
  })

  describe('progress', () => {
    it('is superseded by newer progress of the same job alone', async () => {
      const { store } = await open()
      await store.appendEvents([
        aProgress('a', { id: 'a1' }),
        aProgress('b', { id: 'b1' }),
        aProgress('a', { id: 'a2' }),
        aProgress('a', { id: 'boris-a', userId: 'boris' }),
      ])
      expect((await store.readStream('anna', 0, 100)).map(item => item.id)).toEqual(['b1', 'a2'])
      expect((await store.readStream('boris', 0, 100)).map(item => item.id)).toEqual(['boris-a'])
      expect((await store.getHead('anna')).unread.total).toBe(0)
    })

    it('gets a new number at the head when it was held back, unless it was superseded', async () => {
      const { store } = await open()
      await store.appendEvents([
        aProgress('a', { id: 'a1' }),
        anEvent({ id: 'e' }),
        aProgress('a', { id: 'a2' }),
        anEvent({ id: 'f' }),
      ])
      expect(await store.renumberProgress('anna', 'a1')).toBeNull()
      expect(await store.renumberProgress('anna', 'a2')).toMatchObject({ kind: 'event', id: 'a2', seq: 5 })
      expect(await store.renumberProgress('anna', 'e')).toBeNull()
      expect(await store.renumberProgress('anna', 'nothing')).toBeNull()
      expect((await store.readStream('anna', 0, 100)).map(item => [item.id, item.seq])).toEqual([
        ['e', 2],
        ['f', 4],
        ['a2', 5],
      ])
    })

    it('that is scheduled supersedes only when it takes its place', async () => {
      const { store } = await open()
      await store.appendEvents([
        aProgress('a', { id: 'a1' }),
        aScheduledEvent(T0 + 1000, { ...aProgress('a'), id: 'a2', json: '{}' }),
        aProgress('a', { id: 'a3' }),
      ])
      expect((await store.readStream('anna', 0, 10)).map(item => item.id)).toEqual(['a3'])
      const { jobs } = await store.claimJobs({ now: T0 + 1000, leaseUntil: T0 + 9000, lanes: inAllLanes(1) })
      const deliver = { userId: 'anna', eventId: 'a2' }
      await store.finishJob(
        { job: jobs[0]?.id ?? '', attempt: 1 },
        { type: 'done', at: T0 + 1000, effects: { deliver } },
      )
      expect((await store.readStream('anna', 0, 10)).map(item => item.id)).toEqual(['a2'])
    })
  })
}
