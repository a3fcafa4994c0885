import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createEmitter } from '#ec/agent/events/emitter.js'
import { route } from '#ec/agent/route/route.js'
import type { BusTopics } from '#ec/backends/backend.js'
import { createIds } from '#ec/core/ids.js'
import { silentMeter } from '#ec/core/meter.js'
import type { Principal } from '#ec/core/principal.js'
import type { ServiceKey } from '#ec/core/service-key.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { openTestBackend } from '../../../support/test-backend.js'

const OPERATOR: Principal = { kind: 'operator', by: 'test' }

function service(rights: Partial<ServiceKey> = {}): Principal {
  const key: ServiceKey = {
    id: 'key_1',
    name: 'deploys',
    scopes: ['emit'],
    types: [],
    users: [],
    maxLevel: null,
    callbackUrl: null,
    createdAt: 0,
    revokedAt: null,
    ...rights,
  }
  return { kind: 'service', key }
}

function raw(fields: Readonly<Record<string, unknown>> = {}) {
  return { user_id: 'ann', type: 'deploy.done', title: 'Deployed', body: 'v1.2.3', ...fields }
}

async function open() {
  const clock = new FakeClock()
  const { store, bus } = await openTestBackend(clock)
  const told: BusTopics['stream'][] = []
  bus.subscribe('stream', message => told.push(message))
  const woken: number[] = []
  const unplanned: string[] = []
  const facts = { available: ['ws'], rules: [] } as const
  const emitter = createEmitter({
    store,
    bus,
    clock,
    ids: createIds(clock, randomBytes),
    meter: silentMeter,
    plan: (event, now) => route(event, facts, now),
    wake: () => woken.push(clock.now()),
    unplan: (userId, eventId) => unplanned.push(`${userId} ${eventId}`),
  })
  const stored = async (id: string) => JSON.parse((await store.getEvents(id))[0]?.json ?? 'null')
  return { clock, store, emitter, told, woken, unplanned, stored }
}

describe('emit', () => {
  it('stores the universal event, then tells who listens, with the very same text', async () => {
    const { emitter, store, told, stored } = await open()
    const result = await emitter.emit(OPERATOR, raw({ user_id: 42, data: { service: 'ci' }, 'x-run': 7 }), null)
    expect(result).toMatchObject({ seq: 1, warnings: [], plan: { rule: 'default' } })
    expect(await stored(result.id)).toEqual({
      id: result.id,
      user_id: '42',
      type: 'deploy.done',
      title: 'Deployed',
      body: 'v1.2.3',
      level: 'info',
      service: 'ci',
      data: { service: 'ci' },
      'x-run': 7,
      created_at: '2026-01-05T09:00:00.000Z',
    })
    const [event] = await store.getEvents(result.id)
    expect(told).toMatchObject([{ userId: '42', items: [{ kind: 'event', seq: 1, json: event?.json }] }])
  })

  it('makes an id that sorts by time, and keeps one that the caller gives', async () => {
    const { emitter } = await open()
    expect((await emitter.emit(OPERATOR, raw(), null)).id).toMatch(/^evt_[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect((await emitter.emit(OPERATOR, raw({ id: 'order/17' }), null)).id).toBe('order/17')
  })

  it('tells about nothing before it is durable', async () => {
    const { emitter, told, store } = await open()
    const emitting = emitter.emit(OPERATOR, raw(), null)
    expect(told).toEqual([])
    await emitting
    expect((await store.getHead('ann')).seq).toBe(told[0]?.items[0]?.seq)
  })

  it('answers the same event under the same id with the first result, and tells of it once', async () => {
    const { emitter, told } = await open()
    const first = await emitter.emit(OPERATOR, raw({ id: 'a', data: { x: 1, y: 2 } }), null)
    const again = await emitter.emit(OPERATOR, { ...raw({ data: { y: 2, x: 1 } }), id: 'a' }, null)
    expect(again).toEqual(first)
    expect(told).toHaveLength(1)
  })

  it('takes 42 and "42" for the same user', async () => {
    const { emitter } = await open()
    const first = await emitter.emit(OPERATOR, raw({ id: 'a', user_id: 42 }), null)
    expect(await emitter.emit(OPERATOR, raw({ id: 'a', user_id: '42' }), null)).toEqual(first)
  })

  it('refuses other content under the same id or key with 409', async () => {
    const { emitter } = await open()
    await emitter.emit(OPERATOR, raw({ id: 'a' }), null)
    await expect(emitter.emit(OPERATOR, raw({ id: 'a', body: 'else' }), null)).rejects.toMatchObject({
      code: 'EC_CONFLICT',
    })
    await emitter.emit(OPERATOR, raw(), 'key')
    await expect(emitter.emit(OPERATOR, raw({ body: 'else' }), 'key')).rejects.toMatchObject({ code: 'EC_CONFLICT' })
  })

  it('takes the key from the header or the field, as the same key', async () => {
    const { emitter } = await open()
    const first = await emitter.emit(OPERATOR, raw(), 'key')
    expect(await emitter.emit(OPERATOR, raw({ idempotency_key: 'key' }), null)).toEqual(first)
    expect(await emitter.emit(OPERATOR, raw({ idempotency_key: 'key' }), 'key')).toEqual(first)
  })

  it('refuses a header that differs from the field, and one that is too long', async () => {
    const { emitter } = await open()
    for (const [fields, header] of [
      [{ idempotency_key: 'a' }, 'b'],
      [{}, 'x'.repeat(256)],
      [{}, ''],
    ] as const) {
      await expect(emitter.emit(OPERATOR, raw(fields), header)).rejects.toMatchObject({
        code: 'EC_EVENT_INVALID',
        status: 422,
        details: { errors: [{ path: 'idempotency_key' }] },
      })
    }
  })

  it('keeps the ids and keys of services and users apart', async () => {
    const { emitter } = await open()
    await emitter.emit(service({ id: 'key_1' }), raw(), 'key')
    const other = await emitter.emit(service({ id: 'key_2' }), raw({ body: 'else' }), 'key')
    const user = await emitter.emit(service({ id: 'key_1' }), raw({ user_id: 'bob', body: 'else' }), 'key')
    expect([other.seq, user.seq]).toEqual([2, 1])
  })

  it('names what is wrong with an event', async () => {
    const { emitter } = await open()
    await expect(
      emitter.emit(OPERATOR, raw({ titel: 'x', cta: { label: 'a', url: 'javascript:1' } }), null),
    ).rejects.toMatchObject({
      code: 'EC_EVENT_INVALID',
      details: { errors: [{ path: 'cta.url' }, { path: 'titel', message: 'unknown field; did you mean title?' }] },
    })
  })

  it.each([
    ['a key without the scope', service({ scopes: ['read'] }), {}],
    ['a type that the key may not emit', service({ types: ['build.*', 'deploy.failed'] }), {}],
    ['a user that the key may not emit to', service({ users: ['bob'] }), {}],
    ['a level above that of the key', service({ maxLevel: 'warning' }), { level: 'error' }],
    ['a user token', { kind: 'user', userId: 'ann' }, {}],
  ] as const)('refuses %s', async (_name, principal, fields) => {
    const { emitter, told } = await open()
    await expect(emitter.emit(principal, raw(fields), null)).rejects.toMatchObject({ code: 'EC_FORBIDDEN' })
    expect(told).toEqual([])
  })

  it('takes what the key may emit', async () => {
    const { emitter, store } = await open()
    const key = service({ types: ['deploy.*'], users: ['ann'], maxLevel: 'warning' })
    const { id } = await emitter.emit(key, raw({ level: 'warning' }), null)
    expect((await store.getEvents(id))[0]?.keyId).toBe('key_1')
  })

  it('keeps an event with a future `deliver_at` back, with a job to deliver it', async () => {
    const { emitter, store, clock, told, woken } = await open()
    const later = new Date(clock.now() + 60_000).toISOString()
    const result = await emitter.emit(OPERATOR, raw({ deliver_at: later }), null)
    expect(result.seq).toBeNull()
    expect(told).toEqual([])
    expect(woken).toHaveLength(1)
    const { rows } = await store.listJobs({ limit: 10 })
    expect(rows).toMatchObject([
      {
        kind: 'event.deliver',
        runAt: clock.now() + 60_000,
        group: '',
        payload: { user_id: 'ann', event_id: result.id },
      },
    ])
  })

  it('delivers at once what was to be delivered by now', async () => {
    const { emitter, clock, woken } = await open()
    const { seq } = await emitter.emit(OPERATOR, raw({ deliver_at: new Date(clock.now()).toISOString() }), null)
    expect(seq).toBe(1)
    expect(woken).toEqual([])
  })

  it('takes an event that has expired for the history, says so, and still answers its repetition', async () => {
    const { emitter, clock, store } = await open()
    const fields = { id: 'a', expires_at: new Date(clock.now() + 1000).toISOString() }
    const first = await emitter.emit(OPERATOR, raw(fields), null)
    clock.advance(5000)
    expect(await emitter.emit(OPERATOR, raw(fields), null)).toEqual(first)
    const late = await emitter.emit(OPERATOR, raw({ ...fields, id: 'b' }), null)
    expect(late.warnings).toHaveLength(1)
    expect(await store.readStream('ann', 1, 10)).toEqual([])
  })
})

describe('emitMany', () => {
  it('answers item by item, in order, and lets good ones pass beside bad ones', async () => {
    const { emitter } = await open()
    const results = await emitter.emitMany(
      service({ users: ['ann'] }),
      [raw(), { nonsense: true }, raw({ user_id: 'bob' }), raw({ id: 'x' }), raw({ id: 'x', body: 'else' }), 7, raw()],
      null,
    )
    expect(results).toMatchObject([
      { seq: 1 },
      {
        error: {
          code: 'EC_EVENT_INVALID',
          errors: expect.arrayContaining([{ path: 'nonsense', message: 'unknown field' }]),
        },
      },
      { error: { code: 'EC_FORBIDDEN' } },
      { seq: 2, id: 'x' },
      { error: { code: 'EC_CONFLICT' } },
      { error: { code: 'EC_EVENT_INVALID' } },
      { seq: 3 },
    ])
  })

  it('tells each user of his events in one message', async () => {
    const { emitter, told } = await open()
    await emitter.emitMany(OPERATOR, [raw(), raw({ user_id: 'bob' }), raw()], null)
    expect(told.map(({ userId, items }) => [userId, items.map(item => item.seq)])).toEqual([
      ['ann', [1, 2]],
      ['bob', [1]],
    ])
  })

  it('makes a batch idempotent by its header, place by place', async () => {
    const { emitter, told } = await open()
    const batch = [raw(), raw({ title: 'second' }), raw({ idempotency_key: 'own' })]
    const first = await emitter.emitMany(OPERATOR, batch, 'batch')
    expect(await emitter.emitMany(OPERATOR, batch, 'batch')).toEqual(first)
    expect(told).toHaveLength(1)
    const [conflict] = await emitter.emitMany(OPERATOR, [raw({ title: 'other' })], 'batch')
    expect(conflict).toMatchObject({ error: { code: 'EC_CONFLICT' } })
  })

  it('does not come to the store when nothing is valid', async () => {
    const { emitter, store } = await open()
    expect(await emitter.emitMany(OPERATOR, [{}], null)).toMatchObject([{ error: { code: 'EC_EVENT_INVALID' } }])
    expect(await store.getHead('ann')).toMatchObject({ seq: 0 })
  })
})

describe('what was planned and not stored', () => {
  it('is taken back, but for what came before under the same id', async () => {
    const { emitter, unplanned } = await open()
    const first = await emitter.emit(OPERATOR, raw(), 'once')
    await emitter.emit(OPERATOR, raw({ id: 'mine' }), null)
    expect(unplanned).toEqual([])
    await emitter.emit(OPERATOR, raw(), 'once')
    expect(unplanned).toEqual([expect.stringMatching(/^ann evt_/)])
    expect(unplanned).not.toContain(`ann ${first.id}`)
    await emitter.emit(OPERATOR, raw({ id: 'mine' }), null)
    await expect(emitter.emit(OPERATOR, raw({ id: 'mine', body: 'other' }), null)).rejects.toThrow('another event')
    expect(unplanned).toHaveLength(1)
  })
})

describe('makeOwn', () => {
  it('makes events without an emitter, which are told once they are stored', async () => {
    const { emitter, store, told } = await open()
    const made = emitter.makeOwn([{ user_id: 'ann', type: 'github.push', title: 'Pushed', body: '', level: 'info' }])
    expect(made).toMatchObject([{ keyId: null, contentHash: null, ws: true, userId: 'ann' }])
    const appended = await store.appendEvents(made)
    expect(told).toEqual([])
    emitter.announce(appended)
    expect(told).toMatchObject([{ userId: 'ann', items: [{ seq: 1 }] }])
  })
})
