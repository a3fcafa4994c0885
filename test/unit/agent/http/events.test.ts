import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventApi } from '#ec/agent/http/api.js'
import { call, EVENT, fakeEvents, GOOD, open, PLAN } from './calls.js'
import { bearer, openDoors, serviceBearer, shareDoors, userBearer } from './doors.js'
import { RawConnection, until } from './raw.js'

const shared = shareDoors(atEnd => open({ atEnd }))

describe('emitting', () => {
  it('takes one event, with the key of the header, under both paths', async () => {
    const { doors, events } = shared()
    const headers = { ...bearer(serviceBearer(doors, 'emit')), 'idempotency-key': 'k1' }
    for (const path of ['/api/events', '/events']) {
      const answer = await call(doors, path, { method: 'POST', headers, json: GOOD })
      expect(answer).toMatchObject({ status: 202, body: { id: 'evt_1', seq: 1, plan: PLAN, warnings: [] } })
    }
    expect(events.calls.at(-1)?.slice(2)).toEqual([GOOD, 'k1'])
  })

  it('shows what is wrong with an event, field by field', async () => {
    const { doors, operator } = shared()
    const answer = await call(doors, '/api/events', { method: 'POST', headers: operator, json: { ...GOOD, titel: 1 } })
    expect(answer).toMatchObject({ status: 422, body: { code: 'EC_EVENT_INVALID', errors: [{ path: 'titel' }] } })
  })

  it('takes a batch item by item, as an array or as NDJSON', async () => {
    const { doors, operator } = shared()
    const array = await call(doors, '/api/events', {
      method: 'POST',
      headers: operator,
      json: [GOOD, {}, { ...GOOD, id: 'mine' }],
    })
    expect(array).toMatchObject({ status: 202, body: { accepted: 2, rejected: 1 } })
    expect(
      array.body.results.map((result: { id?: string; error: { code: string } }) => result.id ?? result.error.code),
    ).toEqual(['evt_1', 'EC_EVENT_INVALID', 'mine'])
    const lines = [JSON.stringify(GOOD), '', 'not json', JSON.stringify({ ...GOOD, id: 'last' }), ''].join('\r\n')
    const ndjson = { ...operator, 'content-type': 'application/x-ndjson' }
    const streamed = await call(doors, '/api/events', { method: 'POST', headers: ndjson, body: lines })
    expect(
      streamed.body.results.map((result: { id?: string; error: { code: string } }) => result.id ?? result.error.code),
    ).toEqual(['evt_1', 'EC_BODY_INVALID', 'last'])
    expect(streamed.body.results[1].error).toEqual({
      code: 'EC_BODY_INVALID',
      detail: 'line 3 is not JSON, at column 1',
      hint: 'send one JSON document a line',
    })
  })

  it('refuses a batch that is empty, too long, or without one valid event', async () => {
    const { doors, operator, events } = shared()
    const before = events.calls.length
    const post = (json: unknown) => call(doors, '/api/events', { method: 'POST', headers: operator, json })
    expect(await post([])).toMatchObject({ status: 422, body: { code: 'EC_EVENT_INVALID' } })
    expect(await post(Array.from({ length: 501 }, () => GOOD))).toMatchObject({ status: 422 })
    expect(events.calls.length).toBe(before)
    expect((await post([{}, 1])).body).toMatchObject({ status: 422, accepted: 0, rejected: 2, results: [{}, {}] })
    const ndjson = { ...operator, 'content-type': 'application/x-ndjson' }
    const many = await call(doors, '/api/events', { method: 'POST', headers: ndjson, body: '{}\n'.repeat(501) })
    expect(many).toMatchObject({ status: 422, body: { errors: [{ message: 'takes at most 500 events at once' }] } })
  })

  it('limits one event to 64 KiB and a batch to 16 MiB, and gives the memory back', async () => {
    const { doors, operator } = shared()
    const post = (body: string) =>
      call(doors, '/api/events', { method: 'POST', headers: { ...operator, 'content-type': 'application/json' }, body })
    const big = { ...GOOD, body: 'x'.repeat(70_000) }
    expect(await post(JSON.stringify(big))).toMatchObject({ status: 413, body: { code: 'EC_BODY_TOO_LARGE' } })
    expect((await post(JSON.stringify([big]))).status).toBe(422)
    expect((await post(`[${' '.repeat(16 * 1024 * 1024)}]`)).status).toBe(413)
    await until(() => doors.listeners.memory().authenticated === 0)
  })

  it('refuses an Idempotency-Key that is too long', async () => {
    const { doors, operator } = shared()
    const headers = { ...operator, 'idempotency-key': 'x'.repeat(256) }
    expect((await call(doors, '/api/events', { method: 'POST', headers, json: GOOD })).status).toBe(400)
  })

  it('never fails for whatever JSON or bytes come', async () => {
    const { doors, operator } = shared()
    const type = fc.constantFrom('application/json', 'application/x-ndjson')
    const body = fc.oneof(
      fc.json({ maxDepth: 6 }).map(text => Buffer.from(text)),
      fc.uint8Array({ maxLength: 500 }).map(bytes => Buffer.from(bytes)),
      fc.jsonValue().map(value => Buffer.from(JSON.stringify({ ...GOOD, data: { value } }))),
      fc
        .dictionary(fc.constantFrom('__proto__', 'constructor', 'title', 'toString', 'x-a'), fc.jsonValue())
        .map(value => Buffer.from(JSON.stringify(value))),
    )
    await fc.assert(
      fc.asyncProperty(type, body, async (contentType, bytes) => {
        const headers = { ...operator, 'content-type': contentType }
        const answer = await call(doors, '/api/events', { method: 'POST', headers, body: bytes })
        expect([202, 400, 413, 415, 422]).toContain(answer.status)
      }),
      { numRuns: 300 },
    )
    await until(() => doors.listeners.memory().authenticated === 0)
  })

  it('says "continue" only to those who may send', async () => {
    const { doors, operator } = shared()
    const ask = async (authorization: string) => {
      const connection = new RawConnection(doors.listeners.port)
      await connection.write(
        `POST /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nExpect: 100-continue\r\n` +
          'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n',
      )
      return (await connection.until(/HTTP\/1\.1 (\d+)/)).slice(0, 12)
    }
    expect(await ask(operator.authorization)).toBe('HTTP/1.1 100')
    expect(await ask('Bearer wrong')).toBe('HTTP/1.1 401')
  })
})

describe('events as they are read', () => {
  it('are the universal event with seq, state and times', async () => {
    const { doors, operator, events } = shared()
    const answer = await call(doors, '/api/events?user=42&limit=2&after=0&q=x', { headers: operator })
    expect(answer.body).toEqual({
      events: [{ ...JSON.parse(EVENT.json), seq: 7, state: 'seen', seen_at: '2026-01-05T09:00:00.000Z' }],
      next: '7',
    })
    expect(events.calls.at(-1)?.[2]).toEqual({ userId: '42', limit: 2, after: '0', q: 'x' })
    expect((await call(doors, '/api/events', { headers: operator })).status).toBe(200)
    expect(events.calls.at(-1)?.[2]).toEqual({ limit: 50 })
  })

  it.each([
    [{ retractedAt: 1, readAt: 1 }, 'retracted'],
    [{ seq: null }, 'scheduled'],
    [{ archivedAt: 1, readAt: 1 }, 'archived'],
    [{ snoozedUntil: 1e13, readAt: 1 }, 'snoozed'],
    [{ snoozedUntil: 1, readAt: 1 }, 'read'],
    [{ seenAt: null }, 'unread'],
  ])('%o is %s', async (patch, state) => {
    const events: EventApi = { ...fakeEvents(), get: async () => ({ ...EVENT, ...patch }) }
    const doors = await openDoors({ api: { events } })
    const headers = bearer(serviceBearer(doors, 'operate'))
    expect((await call(doors, '/api/events/evt_1', { headers })).body.state).toBe(state)
  })

  it('find an event whose id has to be encoded', async () => {
    const { doors, operator, events } = shared()
    const id = 'deploy/42:a+b=@'
    await call(doors, `/api/events/${encodeURIComponent(id)}?user=ada`, { headers: operator })
    expect(events.calls.at(-1)?.slice(2)).toEqual([id, 'ada'])
  })

  it('change their state by a verb', async () => {
    const { doors, events } = shared()
    const user = bearer(userBearer(doors, 'ada'))
    const verbs = { seen: 'seen', read: 'read', unread: 'unread', archive: 'archived' }
    for (const [verb, state] of Object.entries(verbs)) {
      const answer = await call(doors, `/api/events/evt_1/${verb}`, { method: 'POST', headers: user })
      expect(answer).toMatchObject({ status: 200, body: { items: [{ seq: 8, user: 'ada', id: 'evt_1', state }] } })
    }
    const until = '2026-02-01T10:00:00+01:00'
    await call(doors, '/api/events/evt_1/snooze', { method: 'POST', headers: user, json: { until } })
    expect(events.calls.at(-1)).toEqual(['change', 'evt_1', null, 'snoozed', Date.parse(until)])
    const vague = await call(doors, '/api/events/evt_1/snooze', {
      method: 'POST',
      headers: user,
      json: { until: 'later' },
    })
    expect(vague).toMatchObject({ status: 422, body: { errors: [{ path: 'until' }] } })
    const operator = bearer(serviceBearer(doors, 'emit'))
    await call(doors, '/api/events/evt_1', { method: 'DELETE', headers: operator })
    expect(events.calls.at(-1)).toEqual(['change', 'evt_1', null, 'retracted', null])
  })
})
