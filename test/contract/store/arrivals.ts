import type { Arrivals } from '#ec/backends/store.js'
import { describe, expect, it } from 'vitest'
import { aNotification, anEvent, aProgress, aScheduledEvent, T0 } from '../../support/store-samples.ts'
import { codeOf, type OpenStore } from './harness.ts'

/** What it holds, as ids of events and keys of notifications. */
function shownBy({ events, notifications, skipped }: Arrivals) {
  return { events: events.map(({ id }) => id), notifications: notifications.map(({ key }) => key), skipped }
}

const NOTHING_SKIPPED = { notifications: 0, events: 0 }

export function arrivalContract(open: OpenStore): void {
  describe('what arrives', () => {
    it('comes of all users and resources, in its order, each once', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a' }), anEvent({ id: 'b', userId: 'boris' })])
      await store.acceptNotifications([aNotification({ key: 'n1' }), aNotification({ key: 'n2', resourceId: 'r2' })])
      const first = await store.readArrivals(null, 10)
      expect(shownBy(first)).toEqual({ events: ['a', 'b'], notifications: ['n1', 'n2'], skipped: NOTHING_SKIPPED })
      expect(shownBy(await store.readArrivals(first.position, 10))).toEqual({
        events: [],
        notifications: [],
        skipped: NOTHING_SKIPPED,
      })
      await store.appendEvents([aProgress('x', { id: 'c' }), aScheduledEvent(T0 + 60_000, { id: 'd' })])
      await store.acceptNotifications([aNotification({ key: 'n1' }), aNotification({ key: 'n3', job: null })])
      const refused = { provider: 'github', resourceId: 'r1', kind: '', receivedAt: T0, headers: {} }
      await store.quarantine({ ...refused, body: Buffer.from('x'), reason: 'EC_SIGNATURE_INVALID', detail: '' }, 100)
      const next = await store.readArrivals(first.position, 10)
      expect(shownBy(next)).toEqual({ events: ['c', 'd'], notifications: ['n3', ''], skipped: NOTHING_SKIPPED })
      expect(next.notifications.map(({ state }) => state)).toEqual(['held', 'quarantined'])
      expect(next.position).toMatch(/^[0-9.]{1,40}$/)
    })

    it('is read again as it is by then, without what is gone', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a' }), anEvent({ id: 'a', userId: 'boris' }), anEvent({ id: 'b' })])
      await store.acceptNotifications([aNotification({ key: 'n1' }), aNotification({ key: 'n2', job: null })])
      const { notifications, events } = await store.readArrivals(null, 10)
      const change = { userId: 'anna', state: 'read', by: null, at: T0, until: null } as const
      await store.changeStates({ ...change, ids: ['a'] })
      const again = await store.readAgain({
        notifications: [...notifications.map(({ id }) => id), 'ntf_99', 'job_1'],
        events: [...events.map(({ id, userId }) => ({ id, userId })), { id: 'a', userId: 'nobody' }],
      })
      expect(again.notifications).toEqual(notifications)
      expect(again.events.map(({ userId, id, readAt }) => [userId, id, readAt])).toEqual([
        ['anna', 'a', T0],
        ['boris', 'a', null],
        ['anna', 'b', null],
      ])
    })

    it('begins with the newest rows, of which none was missed', async () => {
      const { store } = await open()
      expect(shownBy(await store.readArrivals(null, 2))).toEqual({
        events: [],
        notifications: [],
        skipped: NOTHING_SKIPPED,
      })
      await store.appendEvents(['a', 'b', 'c'].map(id => anEvent({ id })))
      expect(shownBy(await store.readArrivals(null, 2))).toMatchObject({ events: ['b', 'c'], skipped: NOTHING_SKIPPED })
    })

    it('is cut to the newest rows, and says how many that leaves out', async () => {
      const { store } = await open()
      const { position } = await store.readArrivals(null, 3)
      await store.appendEvents(['a', 'b', 'c', 'd', 'e'].map(id => anEvent({ id })))
      await store.acceptNotifications(['n1', 'n2', 'n3'].map(key => aNotification({ key })))
      const cut = await store.readArrivals(position, 3)
      expect(shownBy(cut)).toEqual({
        events: ['c', 'd', 'e'],
        notifications: ['n1', 'n2', 'n3'],
        skipped: { events: 2, notifications: 0 },
      })
      expect(shownBy(await store.readArrivals(cut.position, 3))).toMatchObject({ events: [], notifications: [] })
    })

    it('goes on behind a position after a restart and a crash', async () => {
      const t = await open()
      await t.store.appendEvents([anEvent({ id: 'a' })])
      const { position } = await t.store.readArrivals(null, 10)
      await t.reopen()
      await t.store.appendEvents([anEvent({ id: 'b' })])
      await t.crash()
      await t.store.appendEvents([anEvent({ id: 'c' })])
      expect(shownBy(await t.store.readArrivals(position, 10)).events).toEqual(['b', 'c'])
    })

    it('goes on behind rows that were removed', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a' }), anEvent({ id: 'b', userId: 'boris' })])
      const { position } = await store.readArrivals(null, 10)
      await store.eraseUser('boris')
      const empty = await store.readArrivals(position, 10)
      expect(shownBy(empty)).toMatchObject({ events: [], skipped: NOTHING_SKIPPED })
      await store.appendEvents([anEvent({ id: 'c' })])
      expect(shownBy(await store.readArrivals(empty.position, 10)).events).toEqual(['c'])
    })

    it('is not told from a position that was never given', async () => {
      const { store } = await open()
      for (const position of ['', 'x', '1', '1.', '1.2.3', '-1.0', '1e3.1', '9999999999999999.1']) {
        expect(await codeOf(store.readArrivals(position, 1))).toBe('EC_USAGE')
      }
    })
  })
}
