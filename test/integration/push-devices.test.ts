import { createECDH, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../support/fake-clock.ts'
import { openPushDoors, openPushDoorsWithKey, SUBJECT } from '../support/push-doors.ts'
import type { Behaviour } from '../support/push-service.ts'
import { call } from '../unit/agent/http/calls.ts'
import { bearer, userBearer } from '../unit/agent/http/doors.ts'

describe('the key of Web Push', () => {
  it('is not there before it is set up, and says how', async () => {
    const { get } = await openPushDoors()
    expect((await get('/api/push/key')).body).toMatchObject({
      status: 404,
      hint: '`ec setup vapid --subject mailto:you@example.org`',
    })
  })

  it('is made once, keeps its subject up to date, and is rotated only when asked', async () => {
    const { put, get } = await openPushDoors()
    const first = (await put('/api/push/key', { subject: SUBJECT })).body
    expect(first).toMatchObject({ key_id: expect.stringMatching(/^[0-9a-f]{16}$/), subject: SUBJECT, made: true })
    expect(Buffer.from(first.public_key, 'base64url')).toHaveLength(65)
    const again = (await put('/api/push/key', { subject: 'https://example.org/contact' })).body
    expect(again).toEqual({ ...first, subject: 'https://example.org/contact', made: false })
    const rotated = (await put('/api/push/key', { subject: SUBJECT, rotate: true })).body
    expect(rotated).toMatchObject({ made: true })
    expect(rotated.key_id).not.toBe(first.key_id)
    expect((await get('/api/push/key')).body).toEqual({ key_id: rotated.key_id, public_key: rotated.public_key })
  })

  it.each(['mailto:ops@localhost', 'http://example.org', 'nonsense'])('takes no subject %s', async subject => {
    const { put } = await openPushDoors()
    expect((await put('/api/push/key', { subject })).body).toMatchObject({
      code: 'EC_FIELD_INVALID',
      errors: [{ path: 'subject' }],
    })
  })
})

describe('a device', () => {
  it('is kept by its endpoint, told a secret, listed without its address, and reached', async () => {
    const { subscribe, get, post, service } = await openPushDoorsWithKey()
    const address = service.subscribe()
    const first = (await subscribe(address, { name: 'Phone', platform: 'Android', locale: 'ru', tz: 'Europe/Madrid' }))
      .body
    expect(first.device).toMatchObject({
      id: expect.stringMatching(/^dev_/),
      user: 'ada',
      name: 'Phone',
      last_ok_at: null,
    })
    const again = (await subscribe(address)).body
    expect(again.device.id).toBe(first.device.id)
    expect(again.secret).not.toBe(first.secret)

    expect((await post('/api/push/test', { device: first.device.id })).body).toEqual({
      device: first.device.id,
      event: expect.stringMatching(/^evt_/),
      outcome: 'delivered',
      reason: null,
    })
    expect(service.received[0]!.message.notification.title).toBe('EventCenter can reach this device')
    const listed = await get('/api/push/devices')
    expect(listed.body.devices).toMatchObject([
      { id: first.device.id, last_ok_at: expect.any(String), last_error: null },
    ])
    expect(JSON.stringify(listed.body)).not.toContain(address.endpoint)
  })

  it.each<[string, readonly Behaviour[], string, boolean]>([
    ['410', [410], 'gone', false],
    ['503', [503], 'retry', true],
    ['403 twice', [403, 403], 'key_trouble', true],
    ['400', [400], 'rejected', true],
  ])('that answers %s is told of, and removed only when it is gone', async (_what, behaviours, outcome, stays) => {
    const { subscribe, get, post, service } = await openPushDoorsWithKey()
    const { device } = (await subscribe(service.subscribe(...behaviours))).body
    expect((await post('/api/push/test', { device: device.id })).body).toMatchObject({ outcome })
    const { devices } = (await get('/api/push/devices')).body
    expect(devices).toHaveLength(stays ? 1 : 0)
    if (stays) expect(devices[0]).toMatchObject({ last_ok_at: null, last_error: expect.any(String) })
  })

  it('is sent to with the key that it subscribed with, after a rotation too', async () => {
    const { subscribe, get, put, post, service, key } = await openPushDoorsWithKey()
    const old = (await subscribe(service.subscribe())).body.device
    const { key_id } = (await put('/api/push/key', { subject: SUBJECT, rotate: true })).body
    const young = (await subscribe(service.subscribe())).body.device
    const late = (await subscribe(service.subscribe(), { key_id: key.key_id })).body.device
    expect([old.key_id, young.key_id, late.key_id]).toEqual([key.key_id, key_id, key.key_id])
    for (const { id } of [old, young, late]) await post('/api/push/test', { device: id })
    const newest = (await get('/api/push/key')).body.public_key
    const keys = service.received.map(({ headers }) => / k=([\w-]+)$/.exec(String(headers['authorization']))?.[1])
    expect(keys).toEqual([key.public_key, newest, key.public_key])
  })

  it('is refused when it is nobody that could be sent to', async () => {
    const { subscribe, service } = await openPushDoorsWithKey()
    const good = service.subscribe()
    const off = createECDH('prime256v1').generateKeys()
    off[64] = off[64]! ^ 1
    const refused = async (change: Partial<typeof good>, more: object = {}) => {
      const { status, body } = await subscribe({ ...good, ...change }, more)
      expect(status).toBe(422)
      return body.errors.map((error: { path: string }) => error.path)
    }
    expect(await refused({ endpoint: 'https://169.254.169.254/latest' })).toEqual(['endpoint'])
    expect(await refused({ endpoint: 'https://fcm.googleapis.com.evil.example/1' })).toEqual(['endpoint'])
    expect(await refused({ p256dh: good.p256dh.slice(4) })).toEqual(['keys.p256dh'])
    expect(await refused({ p256dh: off.toString('base64url') })).toEqual(['keys.p256dh'])
    expect(await refused({ p256dh: `${good.p256dh.slice(0, -1)}+` })).toEqual(['keys.p256dh'])
    expect(await refused({ auth: randomBytes(15).toString('base64url') })).toEqual(['keys.auth'])
    expect(await refused({}, { key_id: 'unknown' })).toEqual(['key_id'])
  })

  it('is its user’s own', async () => {
    const { subscribe, doors, service } = await openPushDoorsWithKey()
    const { device } = (await subscribe(service.subscribe())).body
    const eve = { headers: bearer(userBearer(doors, 'eve')) }
    expect((await call(doors, '/api/push/devices', eve)).body.devices).toEqual([])
    expect((await call(doors, '/api/push/devices?user=ada', eve)).status).toBe(403)
    const path = `/api/push/devices/${device.id}`
    expect((await call(doors, path, { method: 'DELETE', ...eve })).status).toBe(404)
    const test = { method: 'POST', json: { device: device.id }, ...eve }
    expect((await call(doors, '/api/push/test', test)).status).toBe(404)
    const ada = { headers: bearer(userBearer(doors, 'ada')) }
    expect((await call(doors, path, { method: 'DELETE', ...ada })).status).toBe(204)
  })

  it('forgets itself by its newest secret, and by nothing else', async () => {
    const { subscribe, doors, service } = await openPushDoorsWithKey()
    const address = service.subscribe()
    const old = (await subscribe(address)).body
    const { device, secret } = (await subscribe(address)).body
    const forget = async (json: object) => (await call(doors, '/api/push/subscribe', { method: 'DELETE', json })).status
    expect(await forget({ device: device.id, secret: old.secret })).toBe(403)
    expect(await forget({ device: 'dev_unknown', secret })).toBe(403)
    expect(await forget({ device: device.id, secret })).toBe(204)
    expect(await forget({ device: device.id, secret })).toBe(403)
  })

  it('may subscribe, and be tested, ten times a minute by its user, and no more', async () => {
    const clock = new FakeClock()
    const { subscribe, post, service, doors } = await openPushDoorsWithKey(clock)
    const address = service.subscribe()
    const tries = await Promise.all(Array.from({ length: 11 }, () => subscribe(address)))
    expect(tries.map(({ status }) => status).filter(status => status === 200)).toHaveLength(10)
    const refused = tries.find(({ status }) => status === 429)
    expect(refused?.body).toMatchObject({ code: 'EC_RATE_LIMITED' })
    expect(refused?.headers.get('retry-after')).toBe('6')

    const { device } = tries.find(({ status }) => status === 200)?.body ?? {}
    const tests: number[] = []
    for (let i = 0; i < 11; i++) tests.push((await post('/api/push/test', { device: device.id })).status)
    expect(tests).toEqual([...Array<number>(10).fill(200), 429])
    expect(service.received).toHaveLength(10)

    const eve = { method: 'POST', headers: bearer(userBearer(doors, 'eve')) }
    const { endpoint, p256dh, auth } = service.subscribe()
    const json = { subscription: { endpoint, keys: { p256dh, auth } } }
    expect((await call(doors, '/api/push/subscribe', { ...eve, json })).status).toBe(200)
    clock.advance(6_000)
    expect((await subscribe(address)).status).toBe(200)
  })
})
