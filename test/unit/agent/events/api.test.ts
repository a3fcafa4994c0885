import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createEventApi } from '#ec/agent/events/api.js'
import { createEmitter } from '#ec/agent/events/emitter.js'
import { route } from '#ec/agent/route/route.js'
import type { BusTopics } from '#ec/backends/backend.js'
import { EVENT_STATES } from '#ec/core/event.js'
import { createIds } from '#ec/core/ids.js'
import { silentMeter } from '#ec/core/meter.js'
import type { Principal } from '#ec/core/principal.js'
import type { KeyScope } from '#ec/core/service-key.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { openTestBackend } from '../../../support/test-backend.js'

const OPERATOR: Principal = { kind: 'operator', by: 'test' }
const ANN: Principal = { kind: 'user', userId: 'ann' }
const BOB: Principal = { kind: 'user', userId: 'bob' }

function service(id: string, scopes: readonly KeyScope[] = ['emit', 'read']): Principal {
  const rest = { types: [], users: [], maxLevel: null, callbackUrl: null, createdAt: 0, revokedAt: null }
  return { kind: 'service', key: { id, name: `service ${id}`, scopes, ...rest } }
}

async function open() {
  const clock = new FakeClock()
  const { store, bus } = await openTestBackend(clock)
  const told: BusTopics['stream'][] = []
  const facts = { available: ['ws'], rules: [] } as const
  const plan: Parameters<typeof createEmitter>[0]['plan'] = (event, now) => route(event, facts, now)
  const ids = createIds(clock, randomBytes)
  const emitter = createEmitter({ store, bus, clock, ids, meter: silentMeter, plan, wake: () => {} })
  const api = createEventApi({ store, bus, clock, emitter })
  const emit = async (by: Principal, fields: object = {}) => {
    const raw = { user_id: 'ann', type: 'task.created', title: 'A task', body: '', ...fields }
    return (await api.emit(by, raw, null)).id
  }
  const id = await emit(service('a'), { id: 'evt_a' })
  bus.subscribe('stream', message => told.push(message))
  return { clock, store, api, emit, told, id }
}

const NOT_FOUND = { code: 'EC_NOT_FOUND' }
const FORBIDDEN = { code: 'EC_FORBIDDEN' }

describe('reading events', () => {
  it('shows an event to its user, its emitter and the operator', async () => {
    const { api, id } = await open()
    for (const principal of [ANN, service('a'), OPERATOR]) {
      expect(await api.get(principal, id, null)).toMatchObject({ id, userId: 'ann', keyId: 'a' })
    }
  })

  it('tells nobody else whether it exists', async () => {
    const { api, id } = await open()
    for (const [principal, user] of [
      [BOB, null],
      [service('b'), null],
      [BOB, 'ann'],
      [OPERATOR, 'bob'],
      [ANN, 'bob'],
    ] as const) {
      await expect(api.get(principal, id, user)).rejects.toMatchObject(NOT_FOUND)
      await expect(api.trace(principal, id, user)).rejects.toMatchObject(NOT_FOUND)
    }
    await expect(api.get(OPERATOR, 'unknown', null)).rejects.toMatchObject(NOT_FOUND)
  })

  it('needs the scope `read` of a service', async () => {
    const { api, id } = await open()
    await expect(api.get(service('a', ['emit']), id, null)).rejects.toMatchObject(FORBIDDEN)
    await expect(api.list(service('a', ['emit']), { limit: 5 })).rejects.toMatchObject(FORBIDDEN)
  })

  it('asks whose event is meant when several users have one of this id', async () => {
    const { api, emit, id } = await open()
    await emit(service('a'), { id, user_id: 'bob' })
    await expect(api.get(OPERATOR, id, null)).rejects.toMatchObject({ code: 'EC_AMBIGUOUS' })
    await expect(api.get(service('a'), id, null)).rejects.toMatchObject({ code: 'EC_AMBIGUOUS' })
    expect(await api.get(OPERATOR, id, 'bob')).toMatchObject({ userId: 'bob' })
    expect(await api.get(ANN, id, null)).toMatchObject({ userId: 'ann' })
  })

  it('lists for each what he may see', async () => {
    const { api, emit } = await open()
    await emit(service('b'), { id: 'evt_b' })
    await emit(service('a'), { id: 'evt_c', user_id: 'bob' })
    const list = async (principal: Principal, query = {}) =>
      (await api.list(principal, { limit: 10, after: '0', ...query })).rows.map(row => row.id)
    expect(await list(OPERATOR)).toEqual(['evt_a', 'evt_b', 'evt_c'])
    expect(await list(ANN)).toEqual(['evt_a', 'evt_b'])
    expect(await list(ANN, { userId: 'ann' })).toEqual(['evt_a', 'evt_b'])
    expect(await list(service('a'))).toEqual(['evt_a', 'evt_c'])
    expect(await list(service('a'), { userId: 'ann', keyId: 'b' })).toEqual(['evt_a'])
    await expect(list(ANN, { userId: 'bob' })).rejects.toMatchObject(FORBIDDEN)
  })

  it('shows what is not due yet only where it is asked for', async () => {
    const { api, emit, clock } = await open()
    const id = await emit(OPERATOR, { deliver_at: new Date(clock.now() + 1000).toISOString() })
    expect(await api.get(ANN, id, null)).toMatchObject({ seq: null })
    const list = async (query: object) =>
      (await api.list(ANN, { limit: 10, after: '0', ...query })).rows.map(row => row.id)
    expect(await list({})).toEqual(['evt_a'])
    expect(await list({ state: 'scheduled' })).toEqual([id])
    expect((await api.trace(ANN, id, null)).sentences).toContain(
      'It waits for its `deliver_at`, 2026-01-05T09:00:01.000Z; until then nobody gets it.',
    )
  })
})

describe('changing events', () => {
  it('lets a user mark what is his own, and tells his clients', async () => {
    const { api, id, told, clock } = await open()
    const items = await api.change(ANN, id, null, 'read', null)
    expect(items).toMatchObject([{ kind: 'state', seq: 2, id, state: 'read', at: clock.now() }])
    expect(told).toEqual([{ userId: 'ann', items }])
    expect(await api.change(ANN, id, null, 'read', null)).toEqual([])
    expect(told).toHaveLength(1)
  })

  it('changes many at once for their user, and passes over what is not there', async () => {
    const { api, id, emit, told } = await open()
    const other = await emit(service('a'), { id: 'evt_2' })
    told.length = 0
    const items = await api.changeMany(ANN, [other, 'evt_none', id], 'ann', 'read', null)
    expect(items.map(item => item.id)).toEqual([other, id])
    expect(told).toEqual([{ userId: 'ann', items }])
    expect(await api.inbox('ann')).toMatchObject({ head: 4, unread: { total: 0, action: 0 } })
    expect(await api.changeMany(OPERATOR, [id], 'ann', 'unread', null)).toMatchObject([{ seq: 5, by: 'operator' }])
    expect(await api.inbox('ann')).toMatchObject({ head: 5, unread: { total: 1, action: 0 } })
    for (const principal of [BOB, service('a')]) {
      await expect(api.changeMany(principal, [id], 'ann', 'read', null)).rejects.toMatchObject(FORBIDDEN)
    }
    await expect(api.changeMany(ANN, [id], 'ann', 'retracted', null)).rejects.toMatchObject(FORBIDDEN)
    await expect(api.changeMany(ANN, [id], 'ann', 'snoozed', 1)).rejects.toMatchObject({ code: 'EC_FIELD_INVALID' })
  })

  it('lets the emitter and the operator withdraw, by name', async () => {
    const { api, id, emit } = await open()
    expect(await api.change(service('a', ['emit']), id, null, 'retracted', null)).toMatchObject([{ by: 'service a' }])
    const other = await emit(service('a'), { id: 'evt_2' })
    expect(await api.change(OPERATOR, other, null, 'retracted', null)).toMatchObject([{ by: 'operator' }])
  })

  it('lets a user withdraw nothing, and a service nothing but withdraw', async () => {
    const { api, id } = await open()
    await expect(api.change(ANN, id, null, 'retracted', null)).rejects.toMatchObject(FORBIDDEN)
    for (const state of EVENT_STATES) {
      if (state === 'retracted') continue
      const until = state === 'snoozed' ? 9e12 : null
      const code = state === 'answered' ? 'EC_FIELD_INVALID' : 'EC_FORBIDDEN'
      await expect(api.change(service('a'), id, null, state, until)).rejects.toMatchObject({ code })
    }
  })

  it('touches nothing of another', async () => {
    const { api, id, store } = await open()
    await expect(api.change(BOB, id, null, 'read', null)).rejects.toMatchObject(NOT_FOUND)
    await expect(api.change(service('b'), id, null, 'retracted', null)).rejects.toMatchObject(NOT_FOUND)
    expect((await store.getEvents(id))[0]).toMatchObject({ readAt: null, retractedAt: null })
  })

  it('snoozes only into the future', async () => {
    const { api, id, clock } = await open()
    for (const until of [null, clock.now(), clock.now() - 1]) {
      await expect(api.change(ANN, id, null, 'snoozed', until)).rejects.toMatchObject({ code: 'EC_FIELD_INVALID' })
    }
    expect(await api.change(ANN, id, null, 'snoozed', clock.now() + 1)).toMatchObject([{ until: clock.now() + 1 }])
  })
})

describe('explaining an event', () => {
  it('tells rule, channels and what came of it', async () => {
    const { api, id, store, clock } = await open()
    const row = { userId: 'ann', eventId: id, at: clock.now(), channel: 'ws', reason: null } as const
    await store.recordTraces([
      { ...row, step: 'sent', target: null, count: 2 },
      { ...row, step: 'received', target: 'ses_1', count: null },
    ])
    await api.change(ANN, id, null, 'read', null)
    const { sentences, trace } = await api.trace(OPERATOR, id, null)
    expect(trace).toHaveLength(2)
    expect(sentences).toEqual([
      'Accepted at 2026-01-05T09:00:00.000Z as task.created.',
      'No rule names its type, so the default (ws) decided where it goes.',
      'ws: sent at 2026-01-05T09:00:00.000Z to 2 connected clients.',
      'ws: 1 client confirmed that it arrived, the first at 2026-01-05T09:00:00.000Z.',
      'push: not sent, the default is ws alone.',
      'email: not sent, the default is ws alone.',
      'Seen at 2026-01-05T09:00:00.000Z.',
      'Read at 2026-01-05T09:00:00.000Z.',
    ])
  })
})
