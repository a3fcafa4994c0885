import { describe, expect, it } from 'vitest'
import type { PushedEvent, Store } from '#ec/backends/store.js'
import type { EventState } from '#ec/core/event.js'
import { allBefore, anEvent, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'
import { addJobs, claim, done, leaseOf } from './jobs.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const RULE = { min: 4, rate: 0.5 }

/** Appends events and ends a job for each, which says that it went out by push. */
async function push(store: Store, ids: readonly string[], over: Partial<PushedEvent> = {}): Promise<void> {
  await store.appendEvents(ids.map(id => anEvent({ id, type: 'build.done' })))
  await pushAgain(store, ids, over)
}

async function pushAgain(store: Store, ids: readonly string[], over: Partial<PushedEvent> = {}): Promise<void> {
  await addJobs(
    store,
    ids.map(id => `${id}:${Math.random()}`),
    { group: '' },
  )
  const { jobs } = await claim(store)
  for (const [place, eventId] of ids.entries()) {
    const pushed = { userId: 'anna', at: T0, rule: RULE, ...over, eventId }
    await store.finishJob(leaseOf(jobs[place]!), done({ effects: { pushed } }))
  }
}

function mark(store: Store, state: EventState, id: string, at = T0) {
  return store.changeStates({ userId: 'anna', ids: [id], state, by: 'ses_1', at, until: null })
}

async function alerts(store: Store) {
  return (await store.listJobs({ kind: 'push.governed', limit: 10 })).rows.map(job => job.payload)
}

export function engagementContract(open: OpenStore): void {
  describe('what came of pushes', () => {
    it('counts an event once, to however many devices and however often it went', async () => {
      const t = await open()
      await push(t.store, ['a', 'b'])
      await pushAgain(t.store, ['a', 'a'], { at: T0 + HOUR })
      await t.reopen()
      expect(await t.store.listEngagement('anna', 10)).toEqual([
        { type: 'build.done', sent: 2, opened: 0, governedAt: null },
      ])
      expect(await t.store.listEngagement('boris', 10)).toEqual([])
    })

    it('counts as opened what was read or answered within a day, once', async () => {
      const { store } = await open()
      await push(store, ['a', 'b', 'c', 'd'])
      await mark(store, 'read', 'a', T0 + DAY)
      await mark(store, 'unread', 'a', T0 + DAY)
      await mark(store, 'read', 'a', T0 + DAY)
      await mark(store, 'answered', 'b', T0 + HOUR)
      await mark(store, 'read', 'c', T0 + DAY + 1)
      await mark(store, 'seen', 'd', T0 + 1)
      await mark(store, 'archived', 'd', T0 + 2)
      expect(await store.listEngagement('anna', 10)).toMatchObject([{ sent: 4, opened: 2 }])
    })

    it('counts as opened what was opened before the push was known to have gone', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a', type: 'build.done' })])
      await mark(store, 'read', 'a')
      await pushAgain(store, ['a'])
      expect(await store.listEngagement('anna', 10)).toMatchObject([{ sent: 1, opened: 1 }])
    })

    it('takes a type out of push once its pushes had their day, and has the person told once', async () => {
      const t = await open()
      await push(t.store, ['a', 'b', 'c', 'd'])
      await mark(t.store, 'read', 'a')
      await push(t.store, ['e'], { at: T0 + DAY })
      expect(await alerts(t.store)).toEqual([])
      await push(t.store, ['f', 'g'], { at: T0 + 2 * DAY })
      await push(t.store, ['h'], { at: T0 + 3 * DAY })
      await t.crash()
      const counts = { sent: 4, opened: 1 }
      expect(await alerts(t.store)).toEqual([{ user_id: 'anna', type: 'build.done', ...counts }])
      expect(await t.store.getPerson('anna')).toMatchObject({ governed: ['build.done'] })
      expect(await t.store.listEngagement('anna', 10)).toMatchObject([{ sent: 8, governedAt: T0 + 2 * DAY }])
    })

    it.each([
      ['too few went out', ['a', 'b', 'c'], []],
      ['enough were opened', ['a', 'b', 'c', 'd'], ['a', 'b']],
    ])('leaves a type alone of which %s', async (_why, ids, opened) => {
      const { store } = await open()
      await push(store, ids)
      for (const id of opened) await mark(store, 'read', id)
      await push(store, ['z'], { at: T0 + 2 * DAY })
      expect(await alerts(store)).toEqual([])
    })

    it('looks back for 30 days and no further', async () => {
      const { store } = await open()
      await push(store, ['a', 'b', 'c', 'd'])
      await push(store, ['e'], { at: T0 + 32 * DAY })
      expect(await alerts(store)).toEqual([])
      await push(store, ['f', 'g', 'h'], { at: T0 + 33 * DAY })
      await push(store, ['i'], { at: T0 + 36 * DAY })
      expect(await alerts(store)).toMatchObject([{ sent: 4 }])
    })

    it('is only counted without a rule', async () => {
      const { store } = await open()
      await push(store, ['a', 'b', 'c', 'd'], { rule: null })
      await push(store, ['e'], { at: T0 + 2 * DAY, rule: null })
      expect(await alerts(store)).toEqual([])
      expect(await store.listEngagement('anna', 10)).toMatchObject([{ sent: 5 }])
    })

    it.each([
      ['keeps the type', { keep: ['build.*'] }],
      ['switched push on for it', { channels: [{ type: 'build.done', push: true }] }],
    ])('takes nothing from a person who %s, and gives it back', async (_what, patch) => {
      const { store } = await open()
      await push(store, ['a', 'b', 'c', 'd'])
      await store.putPreferences('anna', patch, T0)
      await push(store, ['e'], { at: T0 + 2 * DAY })
      expect(await alerts(store)).toEqual([])
      await store.putPreferences('anna', { keep: [], channels: [] }, T0)
      await push(store, ['f'], { at: T0 + 3 * DAY })
      expect(await alerts(store)).toHaveLength(1)
      await store.putPreferences('anna', { mute: [{ type: 'task.*' }] }, T0)
      expect((await store.getPerson('anna'))?.governed).toEqual(['build.done'])
      await store.putPreferences('anna', patch, T0)
      expect((await store.getPerson('anna'))?.governed).toEqual([])
    })

    it('goes with the user, and with its age', async () => {
      const { store } = await open()
      await push(store, ['a', 'b', 'c', 'd'])
      await push(store, ['e'], { at: T0 + 2 * DAY })
      expect(await store.prune({ ...allBefore(0), engagementBefore: T0 + DAY }, 100)).toBe(1)
      expect(await store.listEngagement('anna', 10)).toMatchObject([{ sent: 1 }])
      await store.eraseUser('anna')
      expect(await store.listEngagement('anna', 10)).toEqual([])
      await store.appendEvents([anEvent()])
      expect(await store.getPerson('anna')).toMatchObject({ governed: [] })
    })
  })
}
