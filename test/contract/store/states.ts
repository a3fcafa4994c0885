import * as fc from 'fast-check'
import { EVENT_STATES, type EventState } from '#ec/core/event.js'
import type { StateChange, StateItem, Store } from '#ec/backends/store.js'
import { describe, expect, it } from 'vitest'
import { runs } from '../../support/long.ts'
import { anEvent, aProgress, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'

const change = (state: EventState, ids: readonly string[], over: Partial<StateChange> = {}): StateChange => ({
  userId: 'anna',
  ids,
  state,
  by: 'ses_1',
  at: T0,
  until: null,
  ...over,
})

/** What is unread by looking at each event, as a person would. */
async function recount(store: Store, userId: string): Promise<{ readonly total: number; readonly action: number }> {
  const { rows } = await store.listEvents({ userId, state: 'unread', limit: 1000 })
  const types = rows.map((row): unknown => JSON.parse(row.json).type)
  return { total: types.length, action: types.filter(type => type === 'action.required').length }
}

export function stateContract(open: OpenStore): void {
  describe('what people do with events', () => {
    it('is numbered in the stream when something changes, and only then', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a' }), anEvent({ id: 'b' })])
      const read = await store.changeStates(change('read', ['a', 'b', 'a', 'nothing']))
      expect(read).toEqual<StateItem[]>([
        { kind: 'state', userId: 'anna', seq: 3, id: 'a', state: 'read', by: 'ses_1', at: T0, until: null },
        { kind: 'state', userId: 'anna', seq: 4, id: 'b', state: 'read', by: 'ses_1', at: T0, until: null },
      ])
      expect(await store.changeStates(change('read', ['a']))).toEqual([])
      expect(await store.changeStates(change('seen', ['a']))).toEqual([])
      expect((await store.getHead('anna')).seq).toBe(4)
      expect(await store.readStream('anna', 2, 10)).toEqual(read)
    })

    it('touches no event of another user', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a', userId: 'boris' })])
      expect(await store.changeStates(change('read', ['a']))).toEqual([])
      expect((await store.getEvents('a', 'boris'))[0]?.readAt).toBeNull()
    })

    it('can be taken back', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a' })])
      const stored = async () => (await store.getEvents('a'))[0]
      await store.changeStates(change('archived', ['a']))
      expect((await store.getHead('anna')).unread.total).toBe(0)
      await store.changeStates(change('unarchived', ['a'], { at: T0 + 1 }))
      expect(await stored()).toMatchObject({ archivedAt: null, readAt: null })
      await store.changeStates(change('read', ['a'], { at: T0 + 2 }))
      expect(await stored()).toMatchObject({ readAt: T0 + 2, seenAt: T0 + 2 })
      await store.changeStates(change('unread', ['a'], { at: T0 + 3 }))
      expect(await stored()).toMatchObject({ readAt: null, seenAt: T0 + 2 })
      expect((await store.getHead('anna')).unread.total).toBe(1)
    })

    it('snoozes until an instant, and tells it', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a' })])
      expect(await store.changeStates(change('snoozed', ['a'], { until: T0 + 60_000 }))).toMatchObject([
        { until: T0 + 60_000 },
      ])
      expect(await store.changeStates(change('snoozed', ['a'], { until: T0 + 60_000 }))).toEqual([])
      expect((await store.getEvents('a'))[0]?.snoozedUntil).toBe(T0 + 60_000)
    })

    it('takes one answer', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'q', type: 'action.required' })])
      expect((await store.getHead('anna')).unread).toEqual({ total: 1, action: 1 })
      expect(await store.changeStates(change('answered', ['q']))).toHaveLength(1)
      expect(await store.changeStates(change('answered', ['q'], { by: 'other' }))).toEqual([])
      expect((await store.getHead('anna')).unread).toEqual({ total: 0, action: 0 })
    })

    it('changes nothing any more once the event was retracted', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a' })])
      expect(await store.changeStates(change('retracted', ['a']))).toHaveLength(1)
      for (const state of EVENT_STATES) expect(await store.changeStates(change(state, ['a']))).toEqual([])
      expect((await store.readStream('anna', 0, 10)).map(item => item.kind)).toEqual(['state'])
    })

    it('keeps the count of what is unread true through any history', { timeout: 60_000 }, async () => {
      const ids = ['a', 'b', 'c', 'd', 'e0', 'e1', 'e2']
      const step = fc.oneof(
        fc.record({ type: fc.constantFrom('job.done', 'action.required', 'job.progress') }),
        fc.record({ state: fc.constantFrom(...EVENT_STATES), ids: fc.subarray(ids) }),
      )
      const t = await open()
      const counted = new Map<string, { readonly total: number; readonly action: number }>()
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
          const userId = `user${counted.size}`
          await t.store.appendEvents([
            anEvent({ userId, id: 'a' }),
            anEvent({ userId, id: 'b', type: 'action.required' }),
            aProgress('x', { userId, id: 'c' }),
            anEvent({ userId, id: 'd' }),
          ])
          let n = 0
          const work = steps.map(s => {
            if ('state' in s) {
              const until = s.state === 'snoozed' ? T0 + 1 : null
              return t.store.changeStates(change(s.state, s.ids, { userId, until }))
            }
            const id = `e${n++}`
            const { type } = s
            return t.store.appendEvents([
              type === 'job.progress' ? aProgress('y', { userId, id }) : anEvent({ userId, id, type }),
            ])
          })
          await Promise.all(work)
          const recounted = await recount(t.store, userId)
          expect((await t.store.getHead(userId)).unread).toEqual(recounted)
          counted.set(userId, recounted)
        }),
        { numRuns: runs(60) },
      )
      await t.reopen()
      for (const [userId, { total, action }] of counted) {
        await t.store.appendEvents([anEvent({ userId, type: 'action.required' })])
        expect((await t.store.getHead(userId)).unread).toEqual({ total: total + 1, action: action + 1 })
      }
    })
  })
}
