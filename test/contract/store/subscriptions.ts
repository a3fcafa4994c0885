import { describe, expect, it } from 'vitest'
import type { WebhookSubscription } from '#ec/core/subscription.js'
import { aJob, aNotification, aResource, T0 } from '../../support/store-samples.ts'
import { codeOf, type OpenStore } from './harness.ts'
import { claim, done, leaseOf } from './jobs.ts'

const aSubscription = (over: Partial<WebhookSubscription> = {}): WebhookSubscription => ({
  id: 's1',
  resourceId: 'r1',
  state: 'registering',
  remoteId: null,
  address: 'https://ec.example.org/webhooks/google-calendar/r1',
  createdAt: T0,
  expiresAt: null,
  verifiedAt: null,
  lastNotificationAt: null,
  endedAt: null,
  ...over,
})

export function subscriptionContract(open: OpenStore): void {
  describe('subscriptions', () => {
    it('are kept before they are asked for, changed in part, and listed', async () => {
      const t = await open()
      await t.store.addResource(aResource({ id: 'r1' }))
      await t.store.addResource(aResource({ id: 'r2', userId: 'boris' }))
      await t.store.addSubscription(aSubscription())
      await t.store.addSubscription(aSubscription({ id: 's2', resourceId: 'r2', state: 'active' }))
      await t.reopen()
      expect(await t.store.getSubscription('s1')).toEqual(aSubscription())
      const patch = { state: 'active', remoteId: 'goog', expiresAt: T0 + 9, verifiedAt: T0 + 1 } as const
      expect(await t.store.updateSubscription('s1', patch)).toEqual(aSubscription(patch))
      const ids = async (query: object) =>
        (await t.store.listSubscriptions({ limit: 9, ...query })).rows.map(({ id }) => id)
      expect(await ids({})).toEqual(['s1', 's2'])
      expect(await ids({ resourceId: 'r1' })).toEqual(['s1'])
      expect(await ids({ userId: 'boris' })).toEqual(['s2'])
      expect(await ids({ state: 'registering' })).toEqual([])
      expect(await t.store.updateSubscription('nobody', { state: 'ended' })).toBeNull()
      expect(await t.store.getSubscription('nobody')).toBeNull()
    })

    it('belong to a resource that is there, and go with it', async () => {
      const { store } = await open()
      expect(await codeOf(store.addSubscription(aSubscription()))).toBe('EC_NOT_FOUND')
      await store.addResource(aResource({ id: 'r1' }))
      await store.addSubscription(aSubscription())
      await store.removeResource('r1')
      expect(await store.getSubscription('s1')).toBeNull()
    })

    it('change with the end of a job', async () => {
      const { store } = await open()
      await store.addResource(aResource({ id: 'r1' }))
      await store.addSubscription(aSubscription({ id: 'old', state: 'active' }))
      await store.addSubscription(aSubscription({ id: 'new' }))
      await store.acceptNotifications([aNotification({ job: aJob() })])
      const [job] = (await claim(store)).jobs
      const subscriptions = [
        { id: 'new', patch: { state: 'active', expiresAt: T0 + 9 } },
        { id: 'old', patch: { state: 'superseded' } },
      ] as const
      expect(await codeOf(store.finishJob({ job: job!.id, attempt: 7 }, done({ effects: { subscriptions } })))).toBe(
        'EC_LEASE_LOST',
      )
      expect(await store.getSubscription('old')).toMatchObject({ state: 'active' })
      await store.finishJob(leaseOf(job!), done({ effects: { subscriptions } }))
      expect(await store.getSubscription('old')).toMatchObject({ state: 'superseded' })
      expect(await store.getSubscription('new')).toMatchObject({ state: 'active', expiresAt: T0 + 9 })
    })
  })
}
