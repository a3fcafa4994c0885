import { describe, expect, it } from 'vitest'
import { Delivery } from '../support/delivery.ts'

const SUBJECT = 'mailto:ops@example.org'

describe('another key for Web Push', () => {
  it('loses no device: each is sent to with the key that it knows, until its page takes the new one', async () => {
    const d = await Delivery.open()
    const old = await d.push.api.key()
    const address = d.service.subscribe()
    const { device } = await d.subscribe('ann', address)
    const young = await d.push.api.setUp(SUBJECT, true)
    // What pages compare theirs with.
    expect(await d.push.api.key()).toEqual({ id: young.id, publicKey: young.publicKey })

    await d.emit()
    await d.settle()
    const again = await d.subscribe('ann', address)
    expect(again.device).toMatchObject({ id: device.id, keyId: young.id })
    await d.restart()
    await d.emit()
    await d.settle()
    expect(d.service.received.map(({ headers }) => keyOf(headers['authorization']))).toEqual([
      old.publicKey,
      young.publicKey,
    ])
  })

  it('that vanished is told of as a trouble with the key, and the device gets its events once its page subscribes', async () => {
    const d = await Delivery.open()
    const address = d.service.subscribe()
    await d.subscribe('ann', address)
    const { store } = d.backend
    // The store was restored from elsewhere, say.
    const keys = await store.getCredential('push:vapid')
    await store.putCredential('push:vapid', '[]', keys)
    await d.push.api.setUp(SUBJECT, false)

    const id = await d.emit()
    await d.settle()
    expect(d.service.arrived()).toBe(0)
    expect(d.troubles).toEqual(['localhost: it subscribed with a key that is not here any more'])
    expect(await d.told(id)).toContain('a phone did not get it yet (the key was refused')
    await d.subscribe('ann', address)
    await d.pass(6_000)
    expect(d.shown()).toEqual([id])
  })
})

function keyOf(authorization: string | string[] | undefined): string | undefined {
  return / k=([\w-]+)$/.exec(String(authorization))?.[1]
}
