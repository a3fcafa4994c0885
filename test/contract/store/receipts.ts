import { describe, expect, it } from 'vitest'
import type { NewTrace, Receipt, Store } from '#ec/backends/store.js'
import { anEvent, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'

const DEVICE = 'dev_1'

const aReceipt = (over: Partial<Receipt> = {}): Receipt => ({
  userId: 'anna',
  eventId: 'a',
  device: DEVICE,
  label: 'Phone',
  what: 'shown',
  at: T0 + 10,
  ...over,
})

const line = (step: NewTrace['step'], at: number, over: Partial<NewTrace> = {}): NewTrace => ({
  userId: 'anna',
  eventId: 'a',
  at,
  step,
  channel: 'push',
  target: DEVICE,
  reason: null,
  count: null,
  ...over,
})

/** An event on its way to the device, which took as many messages as `taken` says. */
async function sent(store: Store, taken = 1): Promise<void> {
  await store.appendEvents([anEvent({ id: 'a' })])
  const address = { endpoint: 'https://push.example.org/1', p256dh: 'key', auth: 'secret' }
  const traits = { name: 'Phone', platform: null, locale: null, tz: null }
  await store.putDevice({ id: DEVICE, userId: 'anna', address, keyId: 'k1', secretHash: 'h1', at: T0, ...traits }, 20)
  await store.recordTraces([line('queued', T0 + 1)])
  for (let i = 0; i < taken; i++) await store.noteDevice({ id: DEVICE, at: T0 + 2, error: null })
}

export function receiptContract(open: OpenStore): void {
  describe('what a device says', () => {
    it('stands in the trace once, and ends the count of what it did not show', async () => {
      const t = await open()
      await sent(t.store, 3)
      expect(await t.store.getDevice(DEVICE)).toMatchObject({ unshown: 3, shownAt: null })
      expect(await t.store.recordReceipt(aReceipt())).toEqual({ outcome: 'recorded', items: [] })
      expect(await t.store.recordReceipt(aReceipt({ at: T0 + 99 }))).toEqual({ outcome: 'repeated', items: [] })
      await t.reopen()
      const trace = await t.store.readTrace('anna', 'a')
      expect(trace.map(row => row.step)).toEqual(['queued', 'shown'])
      expect(trace[1]).toEqual({
        at: new Date(T0 + 10).toISOString(),
        step: 'shown',
        channel: 'push',
        target: DEVICE,
        about: 'Phone',
      })
      expect(await t.store.getDevice(DEVICE)).toMatchObject({ unshown: 0, shownAt: T0 + 10 })
    })

    it('marks the event as read by a click, and by nothing else', async () => {
      const { store } = await open()
      await sent(store)
      expect((await store.recordReceipt(aReceipt({ what: 'dismissed' }))).items).toEqual([])
      const click = aReceipt({ what: 'clicked', at: T0 + 20 })
      expect((await store.recordReceipt(click)).items).toMatchObject([
        { kind: 'state', seq: 2, id: 'a', state: 'read', by: DEVICE, at: T0 + 20 },
      ])
      expect(await store.recordReceipt(click)).toEqual({ outcome: 'repeated', items: [] })
      expect((await store.getHead('anna')).unread.total).toBe(0)
    })

    it('says nothing new of what was read before', async () => {
      const { store } = await open()
      await sent(store)
      await store.changeStates({ userId: 'anna', ids: ['a'], state: 'read', by: 'ses_1', at: T0 + 5, until: null })
      expect(await store.recordReceipt(aReceipt({ what: 'clicked' }))).toEqual({ outcome: 'recorded', items: [] })
    })

    it('counts only of what was on its way to this very device', async () => {
      const { store } = await open()
      await sent(store)
      await store.appendEvents([anEvent({ id: 'b' })])
      for (const over of [{ eventId: 'b' }, { eventId: 'c' }, { device: 'dev_2' }, { userId: 'boris' }]) {
        expect(await store.recordReceipt(aReceipt({ ...over, what: 'clicked' }))).toEqual({
          outcome: 'unknown',
          items: [],
        })
      }
      expect(await store.getDevice(DEVICE)).toMatchObject({ unshown: 1 })
      expect((await store.getHead('anna')).unread.total).toBe(2)
    })

    it('did not happen before the event was on its way, whatever the clock of the device says', async () => {
      const { store } = await open()
      await sent(store)
      await store.recordReceipt(aReceipt({ at: 0 }))
      expect((await store.readTrace('anna', 'a'))[1]?.at).toBe(new Date(T0 + 1).toISOString())
    })

    it('can be said once more of what went out once more', async () => {
      const { store } = await open()
      await sent(store)
      // The device was faster than the end of the job.
      await store.recordReceipt(aReceipt())
      await store.recordTraces([line('sent', T0 + 11)])
      expect((await store.recordReceipt(aReceipt())).outcome).toBe('repeated')
      await store.recordTraces([line('queued', T0 + 20)])
      expect((await store.recordReceipt(aReceipt({ at: T0 + 30 }))).outcome).toBe('recorded')
    })
  })

  describe('what a person is done with', () => {
    it('is listed by the last word about it, the newest first', async () => {
      const { store } = await open()
      const ids = ['a', 'b', 'c', 'd', 'e']
      await store.appendEvents(ids.map(id => anEvent({ id })))
      const mark = (state: 'read' | 'unread' | 'seen' | 'archived' | 'retracted', id: string) =>
        store.changeStates({ userId: 'anna', ids: [id], state, by: null, at: T0, until: null })
      await mark('read', 'a')
      await mark('read', 'b')
      await mark('archived', 'c')
      await mark('unread', 'b')
      await mark('seen', 'd')
      await mark('retracted', 'e')
      await store.appendEvents([anEvent({ id: 'a', userId: 'boris' })])
      expect(await store.listSettled('anna', 10)).toEqual(['e', 'c', 'a'])
      expect(await store.listSettled('anna', 2)).toEqual(['e', 'c'])
      expect(await store.listSettled('boris', 2)).toEqual([])
    })
  })
}
