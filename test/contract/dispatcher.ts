import { describe, expect, it } from 'vitest'
import type { Dispatcher, Target } from '#ec/agent/dispatch/dispatcher.js'
import type { EventItem } from '#ec/backends/store.js'
import { CHANNELS } from '#ec/core/event.js'

/** What the suite needs of an implementation and the world around it. */
export interface DispatcherWorld {
  readonly dispatcher: Dispatcher
  /** Makes one more place where the user can be reached. */
  addTarget(userId: string): Promise<Reached>
  /** A stored event that is to go out on this channel. */
  makeEvent(userId: string): Promise<EventItem>
  /** A stored event that is not to go out on this channel. */
  makeForeignEvent(userId: string): Promise<EventItem>
}

/** A target as its owner sees it. */
export interface Reached {
  /** Resolves once the event has arrived. */
  received(eventId: string): Promise<void>
  /** Takes it away; resolves once the dispatcher can know. */
  remove(): Promise<void>
}

/** What every dispatcher must do. */
export function describeDispatcher(
  name: string,
  open: () => Promise<DispatcherWorld>,
  /** Why a user can have but one target there; the cases of several are left out. */
  oneTarget: string | null = null,
): void {
  describe(`the dispatcher ${name}`, () => {
    it('names a channel of the contract', async () => {
      const { dispatcher } = await open()
      expect(CHANNELS).toContain(dispatcher.channel)
    })

    it('knows no targets of a user that it never heard of', async () => {
      const { dispatcher } = await open()
      expect(await dispatcher.targets('nobody')).toEqual([])
    })

    it.skipIf(oneTarget !== null)('lists every target of a user once, and none of another', async () => {
      const { dispatcher, addTarget } = await open()
      await addTarget('ann')
      await addTarget('ann')
      await addTarget('bob')
      const targets = await dispatcher.targets('ann')
      expect(new Set(targets.map(target => target.id)).size).toBe(2)
      expect(targets.every(target => target.userId === 'ann' && target.label !== '')).toBe(true)
    })

    it('delivers an event, and says so once it has', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      const reached = await addTarget('ann')
      const event = await makeEvent('ann')
      const target = await only(dispatcher, 'ann')
      expect(await dispatcher.deliver(event, target, signal())).toEqual({ type: 'delivered' })
      await reached.received(event.id)
    })

    it.skipIf(oneTarget !== null)('delivers to each of several targets', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      const all = [await addTarget('ann'), await addTarget('ann'), await addTarget('ann')]
      const event = await makeEvent('ann')
      const targets = await dispatcher.targets('ann')
      const outcomes = await Promise.all(targets.map(target => dispatcher.deliver(event, target, signal())))
      expect(outcomes.map(outcome => outcome.type)).toEqual(['delivered', 'delivered', 'delivered'])
      await Promise.all(all.map(reached => reached.received(event.id)))
    })

    it('delivers again what it was asked to deliver before', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      await addTarget('ann')
      const event = await makeEvent('ann')
      const target = await only(dispatcher, 'ann')
      await dispatcher.deliver(event, target, signal())
      expect(await dispatcher.deliver(event, target, signal())).toEqual({ type: 'delivered' })
    })

    it('says that a target is gone, and lists it no more', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      const reached = await addTarget('ann')
      const target = await only(dispatcher, 'ann')
      await reached.remove()
      expect(await dispatcher.deliver(await makeEvent('ann'), target, signal())).toMatchObject({ type: 'gone' })
      expect(await dispatcher.targets('ann')).toEqual([])
    })

    it('refuses for good what does not belong on its channel', async () => {
      const { dispatcher, addTarget, makeForeignEvent } = await open()
      await addTarget('ann')
      const target = await only(dispatcher, 'ann')
      const outcome = await dispatcher.deliver(await makeForeignEvent('ann'), target, signal())
      expect(outcome).toMatchObject({ type: 'rejected' })
    })

    it('never brings an event to the target of another user', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      await addTarget('ann')
      const target = await only(dispatcher, 'ann')
      const outcome = await dispatcher.deliver(await makeEvent('bob'), target, signal())
      expect(['gone', 'rejected']).toContain(outcome.type)
    })

    it('settles when it is told to stop', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      await addTarget('ann')
      const target = await only(dispatcher, 'ann')
      const outcome = await dispatcher.deliver(await makeEvent('ann'), target, AbortSignal.abort())
      expect(['delivered', 'retry']).toContain(outcome.type)
    })

    it('diagnoses itself', async () => {
      const { dispatcher } = await open()
      const checks = await dispatcher.checks()
      expect(checks.length).toBeGreaterThan(0)
      for (const check of checks) {
        expect(check.code).toMatch(/^[a-z]+(\.[a-z_]+)+$/)
        expect(check.status === 'ok' || check.hint !== undefined).toBe(true)
      }
    })
  })
}

function signal(): AbortSignal {
  return AbortSignal.timeout(10_000)
}

async function only(dispatcher: Dispatcher, userId: string): Promise<Target> {
  const [target] = await dispatcher.targets(userId)
  if (target === undefined) throw new Error('there is no target')
  return target
}
