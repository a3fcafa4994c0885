import { describe, expect, it } from 'vitest'
import type { Dispatcher } from '#ec/agent/dispatch/dispatcher.js'
import { Delivery } from '../support/delivery.ts'
import type { Behaviour } from '../support/push-service.ts'
import { aNotification } from '../support/store-samples.ts'

const USERS = Array.from({ length: 50 }, (_, n) => `user-${n}`)

describe('an event for hundreds of devices', () => {
  it('reaches all of them through two connections', async () => {
    const d = await openCrowd()
    await emitToAll(d)
    await d.until(() => expect(d.service.received).toHaveLength(500))
    expect(new Set(d.service.received.map(one => one.path)).size).toBe(500)
    expect(d.service.connections()).toBeLessThanOrEqual(2)
  })

  it('holds up neither webhooks nor mail nor the end of a question when the push service hangs', async () => {
    const mails: string[] = []
    const d = await openCrowd({ behaviour: 'hang', others: [mailTo(mails)] })
    await d.know('zoe', { email: 'zoe@example.org' })
    await emitToAll(d)
    // As many as two connections carry are on their way, more wait for these, and there they stay.
    await d.until(() => expect(d.service.arrived()).toBe(200))
    expect(d.backend.queue.running()).toBeGreaterThan(200)

    const [accepted] = await d.backend.store.acceptNotifications([
      aNotification({ job: { ...JOB, runAt: d.clock.now() } }),
    ])
    const mail = await d.emit({ user_id: 'zoe', channels: ['email'] })
    const data = { options: ['yes', 'no'], default_option: 'no' }
    const ask = { user_id: 'zoe', type: 'action.required', data, channels: ['ws'] }
    const question = await d.emit({ ...ask, expires_at: '2026-01-05T09:00:01Z' })
    d.clock.advance(1_000)
    await d.until(async () => {
      expect((await d.backend.store.getNotification(accepted?.id ?? ''))?.state).toBe('processed')
      expect((await d.backend.store.getQuestions(question))[0]).toMatchObject({ answer: { by: 'default' } })
      expect(mails).toEqual([mail])
    })
    expect(d.service.received).toEqual([])
  })

  it('loses nothing when the agent stops in the middle of it', async () => {
    const d = await openCrowd({ behaviour: 'hang' })
    await emitToAll(d)
    await d.until(() => expect(d.service.arrived()).toBeGreaterThan(100))
    await d.restart()
    // Each device leaves one message hanging, until it is too late and tried again.
    await d.until(() => expect(new Set(d.service.received.map(one => one.path)).size).toBe(500), 300)
    await d.until(async () => {
      expect(await d.backend.store.countJobs()).toMatchObject({ dead: 0, ready: 0, delayed: 0, running: 0 })
    }, 300)
  })
})

const JOB = { kind: 'notification.process', group: 'r1', priority: 0, maxAttempts: 4 } as const

/** Fifty people with ten devices each; each device meets its first message with the behaviour. */
async function openCrowd({
  behaviour,
  others = [],
}: { readonly behaviour?: Behaviour; readonly others?: readonly Dispatcher[] } = {}): Promise<Delivery> {
  const d = await Delivery.open({ others })
  const behaviours = behaviour === undefined ? [] : [behaviour]
  for (const user of USERS) for (let i = 0; i < 10; i++) await d.device(user, ...behaviours)
  return d
}

async function emitToAll(d: Delivery): Promise<void> {
  for (const user_id of USERS) await d.emit({ user_id })
}

function mailTo(mails: string[]): Dispatcher {
  return {
    channel: 'email',
    targets: async userId => [{ id: `${userId}@example.org`, userId, label: 'an address' }],
    async deliver(event) {
      mails.push(event.id)
      return { type: 'delivered' }
    },
    checks: async () => [],
  }
}
