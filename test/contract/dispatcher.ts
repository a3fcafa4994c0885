import { describe, expect, it } from 'vitest'
import type { Dispatcher, Target } from '#ec/agent/dispatch/dispatcher.js'
import type { EventItem } from '#ec/backends/store.js'
import { CHANNELS, type EcEvent } from '#ec/core/event.js'

/** What the suite needs of an implementation and the world around it. */
export interface DispatcherWorld {
  readonly dispatcher: Dispatcher
  /** Makes one more place where the user can be reached. */
  addTarget(userId: string): Promise<Reached>
  /** A stored event that is to go out on this channel. */
  makeEvent(userId: string): Promise<EventItem>
  /** A stored event that is not to go out on this channel. */
  makeForeignEvent(userId: string): Promise<EventItem>
  /** Makes the only target of a user one that takes an event and says nothing; absent where there can be none. */
  addSlowTarget?(userId: string): Promise<void>
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

    it('knows no target that it never gave', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      await addTarget('ann')
      const stranger = { id: 'nobody-gave-this', userId: 'ann', label: 'a stranger' }
      const outcome = await dispatcher.deliver(await makeEvent('ann'), stranger, signal())
      expect(outcome).toMatchObject({ type: 'gone' })
    })

    it('gives a reason for all that is not delivered', async () => {
      const { dispatcher, addTarget, makeEvent, makeForeignEvent } = await open()
      const reached = await addTarget('ann')
      const target = await only(dispatcher, 'ann')
      const outcomes = [
        await dispatcher.deliver(await makeForeignEvent('ann'), target, signal()),
        await dispatcher.deliver(await makeEvent('bob'), target, signal()),
      ]
      await reached.remove()
      outcomes.push(await dispatcher.deliver(await makeEvent('ann'), target, signal()))
      for (const outcome of outcomes) expect('reason' in outcome && outcome.reason).toMatch(/\w{3}/)
    })

    it('settles when it is told to stop', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      await addTarget('ann')
      const target = await only(dispatcher, 'ann')
      const outcome = await dispatcher.deliver(await makeEvent('ann'), target, AbortSignal.abort())
      expect(['delivered', 'retry']).toContain(outcome.type)
    })

    it('settles when it is told to stop while a target keeps it waiting', async ({ skip }) => {
      const { dispatcher, addSlowTarget, makeEvent } = await open()
      if (addSlowTarget === undefined) return skip('its targets take an event or leave')
      await addSlowTarget('ann')
      const target = await only(dispatcher, 'ann')
      const stop = new AbortController()
      const outcome = dispatcher.deliver(await makeEvent('ann'), target, stop.signal)
      setImmediate(() => stop.abort())
      expect(await outcome).toMatchObject({ type: 'retry' })
    })

    it('that is set up by name says for whom and for what, and gives those targets', async ({ skip }) => {
      const { dispatcher, addTarget, makeEvent, makeForeignEvent } = await open()
      const { outlets } = dispatcher
      if (outlets === undefined) return skip('nobody sets its targets up')
      await addTarget('ann')
      const [type, foreign] = [typeOf(await makeEvent('ann')), typeOf(await makeForeignEvent('ann'))]
      for (const [user, wanted, takes] of [
        ['ann', type, true],
        ['ann', foreign, false],
        ['bob', type, false],
      ] as const) {
        expect(outlets.takes(user, wanted)).toBe(takes)
        expect(await dispatcher.targets(user, wanted)).toHaveLength(takes ? 1 : 0)
      }
    })

    it('that is set up by name switches an outlet off and on, and tries it all the same', async ({ skip }) => {
      const { dispatcher, addTarget, makeEvent } = await open()
      const { outlets } = dispatcher
      if (outlets === undefined) return skip('nobody sets its targets up')
      const reached = await addTarget('ann')
      const target = await only(dispatcher, 'ann')
      expect(await outlets.switch('no-such-outlet', false)).toBe(false)
      expect(await outlets.switch(target.id, false)).toBe(true)
      expect(await dispatcher.targets('ann')).toEqual([])
      expect(await dispatcher.deliver(await makeEvent('ann'), target, signal())).toMatchObject({ type: 'gone' })
      expect(await outlets.list()).toMatchObject([{ name: target.id, on: false }])
      const event: EcEvent = JSON.parse((await makeEvent('ann')).json)
      expect(await outlets.try(target.id, event, signal())).toEqual({ type: 'delivered' })
      await reached.received(event.id)
      expect(await outlets.try('no-such-outlet', event, signal())).toBeNull()
      expect(await outlets.switch(target.id, true)).toBe(true)
      expect(await dispatcher.targets('ann')).toEqual([target])
    })

    it('is closed twice as well as once, and settles what comes after', async () => {
      const { dispatcher, addTarget, makeEvent } = await open()
      await addTarget('ann')
      const target = await only(dispatcher, 'ann')
      await dispatcher.close?.()
      await dispatcher.close?.()
      const outcome = await dispatcher.deliver(await makeEvent('ann'), target, signal())
      expect(['delivered', 'retry', 'gone']).toContain(outcome.type)
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

function typeOf(item: EventItem): string {
  const event: EcEvent = JSON.parse(item.json)
  return event.type
}

async function only(dispatcher: Dispatcher, userId: string): Promise<Target> {
  const [target] = await dispatcher.targets(userId)
  if (target === undefined) throw new Error('there is no target')
  return target
}
