import { describe, expect, it } from 'vitest'
import { Delivery } from '../support/delivery.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { openPushDoorsWithKey } from '../support/push-doors.ts'
import { anEvent } from '../support/store-samples.ts'
import { call } from '../unit/agent/http/calls.ts'

describe('POST /api/push/receipt', () => {
  it('takes what a browser says by its secret alone, as JSON and as a beacon, and says the same to a repetition', async () => {
    const { say, steps, doors } = await openWithEvent()
    const headers = { 'content-type': 'text/plain;charset=UTF-8' }
    expect((await say({ what: 'shown' })).status).toBe(204)
    expect((await say({ what: 'shown' })).status).toBe(204)
    expect((await say({ what: 'clicked', at: '2026-01-05T09:00:07+01:00' }, headers)).status).toBe(204)
    expect(await steps()).toEqual(['queued', 'shown', 'clicked'])
    // No other path takes a body that any page could send.
    const other = await call(doors, '/api/push/subscribe', { method: 'DELETE', headers, body: '{}' })
    expect(other.body).toMatchObject({ code: 'EC_MEDIA_TYPE' })
  })

  it('refuses a wrong device, secret or event with the same words', async () => {
    const { say, steps } = await openWithEvent()
    const wrong = [{ device: 'dev_0' }, { secret: 'another' }, { event: 'evt_0' }, { event: 'evt_elsewhere' }]
    const refusals = await Promise.all(wrong.map(over => say({ what: 'clicked', ...over })))
    expect(new Set(refusals.map(({ text }) => text)).size).toBe(1)
    expect(refusals[0]?.body).toMatchObject({ status: 403, code: 'EC_FORBIDDEN' })
    expect(await steps()).toEqual(['queued'])
  })

  it('refuses what is no receipt, and a body that is none of a browser', async () => {
    const { say } = await openWithEvent()
    expect((await say({ what: 'eaten' })).body).toMatchObject({ code: 'EC_FIELD_INVALID', errors: [{ path: 'what' }] })
    expect((await say({ what: 'shown', at: 'today' })).body).toMatchObject({ errors: [{ path: 'at' }] })
    expect((await say({ what: 'shown', secret: 'x'.repeat(5_000) })).status).toBe(413)
  })

  it('has a bound for each device', async () => {
    const clock = new FakeClock()
    const { say } = await openWithEvent(clock)
    const statuses: number[] = []
    for (let i = 0; i < 121; i++) statuses.push((await say({ what: 'shown' })).status)
    expect(statuses).toEqual([...Array<number>(120).fill(204), 429])
    clock.advance(1_000)
    expect((await say({ what: 'shown' })).status).toBe(204)
  })

  it('believes that a test was shown, which stands in no history', async () => {
    const { post, get, service, receipt, device } = await openWithEvent()
    await post('/api/push/test', { device: device.id })
    expect((await get('/api/push/devices')).body.devices).toMatchObject([{ unshown: 1, last_shown_at: null }])
    const event = service.received[0]?.message.ec.id
    expect((await receipt({ event, what: 'shown' })).status).toBe(204)
    expect((await get('/api/push/devices')).body.devices).toMatchObject([
      { unshown: 0, last_shown_at: expect.any(String) },
    ])
    expect((await receipt({ event: 'evt_0', what: 'shown' })).status).toBe(403)
  })

  it('tells every client that a click has read the event, once', async () => {
    const { say, doors } = await openWithEvent()
    const heard: unknown[] = []
    doors.backend.bus.subscribe('stream', ({ items }) => void heard.push(...items))
    await say({ what: 'shown' })
    await say({ what: 'dismissed' })
    await say({ what: 'clicked' })
    await say({ what: 'clicked' })
    expect(heard).toMatchObject([{ kind: 'state', id: 'evt_1', state: 'read' }])
  })
})

describe('what a push says beside the event', () => {
  it('is its number, how much is unread, and what need not be shown any more', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    const first = await d.emit()
    const second = await d.emit()
    await d.settle()
    await d.mark(first, 'read')
    await d.emit()
    await d.settle()
    const [, , last] = d.service.received.map(({ message }) => message)
    expect(d.service.received[0]?.message).toMatchObject({ ec: { id: first, seq: 1 } })
    expect(last).toMatchObject({ app_badge: 2, notification: { app_badge: '2' }, ec: { seq: 4, close: [first] } })
    expect(last?.ec.close).not.toContain(second)
  })
})

describe('a device that takes pushes and shows none', () => {
  it('is told of once five were taken, until it says that it showed one', async () => {
    const d = await Delivery.open()
    const device = await d.device('ann')
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      ids.push(await d.emit())
      await d.settle()
      if (i < 4) expect(await d.told(ids[0] ?? '')).not.toContain('has not said')
    }
    const sentence = 'push: a phone takes messages, but has not said of the last ones that it showed any'
    expect(await d.told(ids[0] ?? '')).toContain(sentence)
    await d.receipt(device, ids[4] ?? '', 'shown')
    expect(await d.told(ids[0] ?? '')).not.toContain(sentence)
    expect(await d.told(ids[4] ?? '')).toContain('push: shown on a phone at 2026-01-05T09:00:00.000Z.')
  })
})

/** A device of ada with an event on its way to it, and one of another user. */
async function openWithEvent(clock?: FakeClock) {
  const opened = await openPushDoorsWithKey(clock)
  const { doors, subscribe, service } = opened
  const { store } = doors.backend
  const { device, secret } = (await subscribe(service.subscribe())).body
  const [at, queued] = [doors.clock.now(), { step: 'queued', channel: 'push', reason: null, count: null } as const]
  for (const [id, userId] of [
    ['evt_1', 'ada'],
    ['evt_elsewhere', 'eve'],
  ] as const) {
    await store.appendEvents([anEvent({ id, userId })])
    await store.recordTraces([{ ...queued, userId, eventId: id, at, target: device.id }])
  }
  const receipt = (said: object, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    call(doors, '/api/push/receipt', {
      method: 'POST',
      headers,
      body: JSON.stringify({ device: device.id, secret, ...said }),
    })
  return {
    ...opened,
    device,
    receipt,
    say: (said: object, headers?: Record<string, string>) => receipt({ event: 'evt_1', ...said }, headers),
    steps: async () => (await store.readTrace('ada', 'evt_1')).map(row => row.step),
  }
}
