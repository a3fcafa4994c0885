import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventApi } from '#ec/agent/events/api.js'
import { createEmitter } from '#ec/agent/events/emitter.js'
import { route } from '#ec/agent/route/route.js'
import type { Backend } from '#ec/backends/backend.js'
import type { Clock } from '#ec/core/clock.js'
import type { Ids } from '#ec/core/ids.js'
import { silentMeter } from '#ec/core/meter.js'
import { hostileJson, mutated } from '../support/hostile-json.js'
import { call } from '../unit/agent/http/calls.js'
import { bearer, openDoors, serviceBearer, shareDoors } from '../unit/agent/http/doors.js'

const house = shareDoors(async atEnd => {
  const doors = await openDoors({ atEnd, events: realEvents })
  return { doors, headers: bearer(serviceBearer(doors, 'operate')) }
})

const WHOLE = {
  user_id: 'ada',
  type: 'task.created',
  title: 'A task',
  body: 'with a body',
  level: 'warning',
  channels: ['ws'],
  cta: { label: 'Open', url: 'https://example.com/1' },
  data: { service: 'tasks', list: [1, { deep: [null, 'x'] }] },
  thread: 't',
  actor: { name: 'Bob' },
  icon: '/icon.png',
  lang: 'en',
  expires_at: '2999-01-01T00:00:00Z',
  'x-mine': { any: 'thing' },
}

describe('whatever is emitted', () => {
  it('is refused in plain words, or stored and given back as it came', async () => {
    const { doors, headers } = house()
    const anything = fc.oneof(
      mutated([WHOLE]),
      hostileJson,
      hostileJson.map(value => ({ ...WHOLE, data: { value } })),
      hostileJson.map(value => ({ ...WHOLE, id: value, 'x-more': value })),
    )
    await fc.assert(
      fc.asyncProperty(anything, async event => {
        const sent = await call(doors, '/api/events', { method: 'POST', headers, json: event })
        expect([202, 400, 409, 413, 422]).toContain(sent.status)
        if (sent.status !== 202) {
          expect(sent.body).toMatchObject({ code: expect.stringMatching(/^EC_/), hint: expect.any(String) })
          return
        }
        if (!('id' in sent.body)) return
        const user = encodeURIComponent((event as { user_id: string | number }).user_id)
        const path = `/api/events/${encodeURIComponent(sent.body.id)}?user=${user}`
        const read = await call(doors, path, { headers })
        expect(read.status).toBe(200)
        expect(read.body).toMatchObject({ id: sent.body.id, seq: sent.body.seq, title: (event as typeof WHOLE).title })
      }),
      { numRuns: 300 },
    )
    expect((await call(doors, '/api/events?limit=1000&after=0', { headers })).status).toBe(200)
  })

  it('is told apart by its id: the same again is the same, other content is a conflict', async () => {
    const { doors, headers } = house()
    const emit = (title: string) =>
      call(doors, '/api/events', { method: 'POST', headers, json: { ...WHOLE, id: 'once/1', title } })
    const first = await emit('a')
    expect(first.status).toBe(202)
    expect((await emit('a')).body).toEqual(first.body)
    expect(await emit('b')).toMatchObject({ status: 409, body: { code: 'EC_CONFLICT' } })
  })

  it('is listed page by page, each event once, in its order', async () => {
    const { doors, headers } = house()
    const batch = Array.from({ length: 25 }, (_, i) => ({ ...WHOLE, user_id: 'pages', title: `n${i}` }))
    expect((await call(doors, '/api/events', { method: 'POST', headers, json: batch })).body.accepted).toBe(25)
    const titles: string[] = []
    let after: string | null = '0'
    while (after !== null) {
      const { body } = await call(doors, `/api/events?user=pages&limit=10&after=${after}`, { headers })
      titles.push(...body.events.map((event: { title: string }) => event.title))
      after = body.next
    }
    expect(titles).toEqual(batch.map(event => event.title))
    const newest = await call(doors, '/api/events?user=pages&limit=2', { headers })
    expect(newest.body.events.map((event: { title: string }) => event.title)).toEqual(['n23', 'n24'])
  })
})

function realEvents(backend: Backend, clock: Clock, ids: Ids) {
  const { store, bus } = backend
  const facts = { available: ['ws'], rules: [] } as const
  const wake = () => backend.queue.wake()
  const emitter = createEmitter({
    store,
    bus,
    clock,
    ids,
    meter: silentMeter,
    wake,
    plan: (event, now) => route(event, facts, now),
  })
  return createEventApi({ store, bus, clock, emitter })
}
