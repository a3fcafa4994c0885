import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { NewSession, NewSignInLink, Store } from '#ec/backends/store.js'
import { allBefore, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'

const HOUR = 3_600_000

const aLink = (over: Partial<NewSignInLink> = {}): NewSignInLink => ({
  hash: 'l1',
  userId: 'anna',
  createdAt: T0,
  expiresAt: T0 + HOUR,
  ...over,
})

const aSession = (n: number, over: Partial<NewSession> = {}): NewSession => ({
  id: `sgn_${n}`,
  hash: `s${n}`,
  at: T0 + n,
  expiresAt: T0 + 30 * HOUR,
  ...over,
})

export function sessionContract(open: OpenStore): void {
  describe('sign-in links', () => {
    it('open one session, and make the user', async () => {
      const { store } = await open()
      await store.addSignInLink(aLink(), 50)
      expect(await store.getUser('anna')).toBeNull()
      const session = { id: 'sgn_1', userId: 'anna', createdAt: T0 + 1, seenAt: T0 + 1, expiresAt: T0 + 30 * HOUR }
      expect(await store.redeemSignInLink('l1', aSession(1), 50)).toEqual({ outcome: 'opened', session, ended: [] })
      expect(await store.findSession('s1')).toEqual(session)
      expect(await store.getUser('anna')).toMatchObject({ id: 'anna' })
      expect(await store.redeemSignInLink('l1', aSession(2), 50)).toEqual({ outcome: 'used' })
      expect(await store.findSession('s2')).toBeNull()
    })

    it('let one of fifty in who come at once, also when they come again after a restart or a crash', async () => {
      const t = await open()
      await t.store.addSignInLink(aLink(), 50)
      const tries = Array.from({ length: 50 }, (_, n) => t.store.redeemSignInLink('l1', aSession(n), 50))
      const outcomes = (await Promise.all(tries)).map(({ outcome }) => outcome)
      expect(outcomes.filter(outcome => outcome === 'opened')).toHaveLength(1)
      expect(outcomes.filter(outcome => outcome === 'used')).toHaveLength(49)
      await t.reopen()
      expect(await t.store.redeemSignInLink('l1', aSession(90), 50)).toEqual({ outcome: 'used' })
      await t.crash()
      expect(await t.store.redeemSignInLink('l1', aSession(91), 50)).toEqual({ outcome: 'used' })
    })

    it('are good until they expire, and unknown when they never were', async () => {
      const { store } = await open()
      await store.addSignInLink(aLink(), 50)
      await store.addSignInLink(aLink({ hash: 'l2' }), 50)
      expect(await store.redeemSignInLink('l1', aSession(1, { at: T0 + HOUR }), 50)).toEqual({ outcome: 'expired' })
      expect((await store.redeemSignInLink('l2', aSession(2, { at: T0 + HOUR - 1 }), 50)).outcome).toBe('opened')
      expect(await store.redeemSignInLink('l3', aSession(3), 50)).toEqual({ outcome: 'unknown' })
    })

    it('of one user stay as many as the limit says, the newest', async () => {
      const { store } = await open()
      await store.addSignInLink(aLink({ hash: 'other', userId: 'boris' }), 2)
      for (const hash of ['l1', 'l2', 'l3']) await store.addSignInLink(aLink({ hash }), 2)
      const outcomes = []
      for (const [n, hash] of ['l1', 'l2', 'l3', 'other'].entries()) {
        outcomes.push((await store.redeemSignInLink(hash, aSession(n), 50)).outcome)
      }
      expect(outcomes).toEqual(['unknown', 'opened', 'opened', 'opened'])
    })
  })

  describe('sessions of browsers', () => {
    it('get more time once for each look at them', async () => {
      const { store } = await open()
      await signIn(store, 1)
      const extend = () => store.extendSession('sgn_1', T0 + 1, T0 + HOUR, T0 + 99 * HOUR)
      expect((await Promise.all([extend(), extend(), extend()])).filter(Boolean)).toHaveLength(1)
      expect(await store.findSession('s1')).toMatchObject({ seenAt: T0 + HOUR, expiresAt: T0 + 99 * HOUR })
      expect(await extend()).toBe(false)
      expect(await store.extendSession('sgn_9', T0, T0, T0)).toBe(false)
    })

    it('are listed for their user', async () => {
      const { store } = await open()
      for (const n of [2, 1]) await signIn(store, n)
      await signIn(store, 3, 'boris')
      expect((await store.listSessions('anna')).map(({ id }) => id)).toEqual(['sgn_2', 'sgn_1'])
      expect(await store.listSessions('anna')).toContainEqual(await store.findSession('s1'))
      expect(await store.listSessions('nobody')).toEqual([])
    })

    it('end one by one and all at once, the unused links with them, and only those of the user', async () => {
      const { store } = await open()
      for (const n of [1, 2, 3]) await signIn(store, n)
      await signIn(store, 4, 'boris')
      await store.addSignInLink(aLink({ hash: 'unused' }), 50)
      expect(await store.endSessions('boris', 'sgn_1')).toEqual([])
      expect(await store.endSessions('anna', 'sgn_1')).toEqual(['sgn_1'])
      expect(await store.endSessions('anna', 'sgn_1')).toEqual([])
      expect(await store.findSession('s1')).toBeNull()
      expect(await store.findSession('s2')).not.toBeNull()
      expect((await store.endSessions('anna', null)).toSorted()).toEqual(['sgn_2', 'sgn_3'])
      expect(await store.redeemSignInLink('unused', aSession(9), 50)).toEqual({ outcome: 'unknown' })
      expect(await store.redeemSignInLink('link-1', aSession(9), 50)).toEqual({ outcome: 'used' })
      expect(await store.findSession('s4')).not.toBeNull()
      expect(await store.extendSession('sgn_1', T0 + 1, T0, T0)).toBe(false)
    })

    it('of one user stay as many as the limit says, those that were extended last', async () => {
      const { store } = await open()
      for (const n of [1, 2, 3]) await signIn(store, n)
      await signIn(store, 8, 'boris')
      await store.extendSession('sgn_1', T0 + 1, T0 + 100, T0 + HOUR)
      await store.addSignInLink(aLink({ hash: 'l4' }), 50)
      expect(await store.redeemSignInLink('l4', aSession(200), 3)).toMatchObject({
        outcome: 'opened',
        ended: ['sgn_2'],
      })
      expect(await store.findSession('s2')).toBeNull()
      expect(await store.findSession('s1')).not.toBeNull()
      expect(await store.findSession('s8')).not.toBeNull()
    })

    it('go with their user, and so do links', async () => {
      const { store } = await open()
      await signIn(store, 1)
      await signIn(store, 2, 'boris')
      await store.addSignInLink(aLink(), 50)
      expect(await store.eraseUser('anna')).toBe(true)
      expect(await store.findSession('s1')).toBeNull()
      expect(await store.redeemSignInLink('l1', aSession(3), 50)).toEqual({ outcome: 'unknown' })
      expect(await store.findSession('s2')).not.toBeNull()
    })

    it('are pruned once they have expired, and links too', async () => {
      const { store } = await open()
      await signIn(store, 1)
      await store.addSignInLink(aLink({ hash: 'l2', expiresAt: T0 + 2 * HOUR }), 50)
      const prune = (sessionsBefore: number, slice = 100) => store.prune({ ...allBefore(0), sessionsBefore }, slice)
      expect(await prune(T0 + HOUR)).toBe(0)
      expect(await prune(T0 + HOUR + 1)).toBe(1)
      expect(await store.redeemSignInLink('link-1', aSession(5), 50)).toEqual({ outcome: 'unknown' })
      expect(await prune(T0 + 30 * HOUR)).toBe(1)
      expect(await store.findSession('s1')).not.toBeNull()
      expect(await prune(T0 + 30 * HOUR + 1)).toBe(1)
      expect(await store.findSession('s1')).toBeNull()
    })

    it('do not come back with a backup, nor do links that were used since', async () => {
      const t = await open()
      await signIn(t.store, 1)
      await t.store.addSignInLink(aLink({ hash: 'l2' }), 50)
      const file = join(t.dir, 'copy.db')
      await t.store.backup(file)
      await t.store.endSessions('anna', 'sgn_1')
      await t.store.redeemSignInLink('l2', aSession(2), 50)
      await t.store.restore(file)
      expect(await t.store.findSession('s1')).toBeNull()
      expect(await t.store.findSession('s2')).toBeNull()
      expect(await t.store.redeemSignInLink('l2', aSession(3), 50)).toEqual({ outcome: 'unknown' })
      expect(await t.store.getUser('anna')).not.toBeNull()
    })
  })
}

/** A browser that has opened a link. */
async function signIn(store: Store, n: number, userId = 'anna'): Promise<void> {
  await store.addSignInLink(aLink({ hash: `link-${n}`, userId }), 50)
  expect((await store.redeemSignInLink(`link-${n}`, aSession(n), 50)).outcome).toBe('opened')
}
