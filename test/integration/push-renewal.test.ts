import { describe, expect, it } from 'vitest'
import { Delivery } from '../support/delivery.ts'
import { openPushDoorsWithKey, SUBJECT } from '../support/push-doors.ts'
import { call } from '../unit/agent/http/calls.ts'
import { bearer, userBearer } from '../unit/agent/http/doors.ts'

async function opened() {
  const all = await openPushDoorsWithKey()
  const { doors, service, subscribe } = all
  const address = service.subscribe()
  const { device, secret } = (await subscribe(address, { name: 'Phone' })).body
  const renew = ({ endpoint, p256dh, auth } = service.subscribe(), more: object = {}) => {
    const subscription = { endpoint, keys: { p256dh, auth } }
    return call(doors, '/api/push/renew', {
      method: 'POST',
      json: { device: device.id, secret, subscription, ...more },
    })
  }
  const listed = async () => (await all.get('/api/push/devices')).body.devices
  return { ...all, address, id: device.id, secret, renew, listed }
}

describe('a browser whose subscription changed', () => {
  it('says so with its secret alone, and stays the device that it was', async () => {
    const { renew, listed, id, post, service, put } = await opened()
    const { key_id } = (await put('/api/push/key', { subject: SUBJECT, rotate: true })).body
    const address = service.subscribe()
    const renewed = await renew(address, { key_id })
    expect(renewed.body.device).toMatchObject({ id, user: 'ada', name: 'Phone', key_id })
    expect(JSON.stringify(renewed.body)).not.toContain(address.endpoint)
    // A repetition, as after a lost answer.
    expect((await renew(address, { key_id })).status).toBe(200)
    expect(await listed()).toMatchObject([{ id, key_id }])
    await post('/api/push/test', { device: id })
    expect(service.received.map(({ path }) => path)).toEqual([new URL(address.endpoint).pathname])
  })

  it('is believed for nothing else', async () => {
    const { renew, listed, id, subscribe, service } = await opened()
    const other = (await subscribe(service.subscribe())).body
    for (const proof of [{ secret: 'another' }, { device: 'dev_0' }, { device: other.device.id }]) {
      expect(await renew(undefined, proof)).toMatchObject({ status: 403, body: { code: 'EC_FORBIDDEN' } })
    }
    const inside = { endpoint: 'https://169.254.169.254/x', p256dh: other.p256dh, auth: other.auth }
    expect((await renew({ ...service.subscribe(), endpoint: inside.endpoint })).body.errors).toMatchObject([
      { path: 'endpoint' },
    ])
    expect(await listed()).toMatchObject([{ id }, { id: other.device.id }])
  })

  it('comes back as itself after its push service ended it, with another subscription and not with the same', async () => {
    const { renew, listed, id, address, secret, service, subscribe, post } = await opened()
    service.stand(address.endpoint, 410)
    expect((await post('/api/push/test', { device: id })).body).toMatchObject({ outcome: 'gone' })
    expect(await listed()).toEqual([])
    expect(await renew(address)).toMatchObject({ status: 409, body: { code: 'EC_ENDPOINT_GONE' } })
    expect(await subscribe(address)).toMatchObject({ status: 409, body: { code: 'EC_ENDPOINT_GONE' } })
    expect((await subscribe(service.subscribe(), { device: id, secret })).body).toMatchObject({
      device: { id },
      secret,
    })
    expect(await listed()).toMatchObject([{ id }])
  })

  it('stays away when a person removed it, until it subscribes without its past', async () => {
    const { renew, listed, id, secret, doors, subscribe, service } = await opened()
    const headers = bearer(userBearer(doors, 'ada'))
    expect((await call(doors, `/api/push/devices/${id}`, { method: 'DELETE', headers })).status).toBe(204)
    const removed = { status: 410, body: { code: 'EC_DEVICE_REMOVED' } }
    expect(await renew()).toMatchObject(removed)
    expect(await subscribe(service.subscribe(), { device: id, secret })).toMatchObject(removed)
    // Nobody learns from a wrong secret that there was such a device.
    expect((await renew(undefined, { secret: 'another' })).status).toBe(403)
    expect(await listed()).toEqual([])
    const anew = (await subscribe(service.subscribe())).body
    expect(anew.device.id).not.toBe(id)
  })

  it('keeps its secret when a page of its user says the same, and tells its new traits', async () => {
    const { subscribe, id, secret, address, listed } = await opened()
    const again = (await subscribe(address, { device: id, secret, name: 'Tablet' })).body
    expect(again).toMatchObject({ device: { id, name: 'Tablet' }, secret })
    expect(await listed()).toMatchObject([{ id, name: 'Tablet' }])
    const lost = (await subscribe(address, { device: 'dev_lost', secret: 'lost' })).body
    expect(lost.device.id).toBe(id)
    expect(lost.secret).not.toBe(secret)
  })

  it('becomes another device when another person signs in, and what it was ends', async () => {
    const { doors, service, id, secret, listed } = await opened()
    const { endpoint, p256dh, auth } = service.subscribe()
    const eve = bearer(userBearer(doors, 'eve'))
    const json = { subscription: { endpoint, keys: { p256dh, auth } }, device: id, secret }
    const hers = (await call(doors, '/api/push/subscribe', { method: 'POST', headers: eve, json })).body
    expect(hers.device).toMatchObject({ user: 'eve' })
    expect(hers.device.id).not.toBe(id)
    expect(hers.secret).not.toBe(secret)
    expect(await listed()).toEqual([])
  })

  it('asks for the key with nothing in its hands', async () => {
    const { doors, key } = await opened()
    expect((await call(doors, '/api/push/key')).body).toEqual({ key_id: key.key_id, public_key: key.public_key })
  })
})

describe('what goes out while a subscription changes', () => {
  it('reaches the new address, also when the old one answers that it has ended', async () => {
    const d = await Delivery.open()
    const [old, young] = [d.service.subscribe(), d.service.subscribe()]
    const { device, secret } = await d.subscribe('ann', old)
    const first = await d.emit()
    await d.settle()
    await d.push.api.renew({ device: device.id, secret, address: young, keyId: null })
    const second = await d.emit()
    await d.settle()
    expect(d.service.received.map(({ path, message }) => [path, message.ec.id])).toEqual([
      [new URL(old.endpoint).pathname, first],
      [new URL(young.endpoint).pathname, second],
    ])
  })

  it('does not end the device by the answer of its old address', async () => {
    const d = await Delivery.open()
    const [old, young] = [d.service.subscribe(410), d.service.subscribe()]
    const { device, secret } = await d.subscribe('ann', old)
    const { store } = d.backend
    // The device has its new address just before the answer of the old one is believed.
    const remove = store.removeDevice
    store.removeDevice = async (id, end) => {
      store.removeDevice = remove
      await d.push.api.renew({ device: id, secret, address: young, keyId: null })
      return remove(id, end)
    }
    const id = await d.emit()
    await d.settle()
    await d.pass(10_000)
    expect(d.service.received.map(({ path, message }) => [path, message.ec.id])).toEqual([
      [new URL(young.endpoint).pathname, id],
    ])
    expect(await store.getDevice(device.id)).not.toBeNull()
  })
})
