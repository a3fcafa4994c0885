import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../support/fake-clock.js'
import { openLiveAgent, OPERATOR, type LiveAgent } from '../support/live-agent.js'
import type { WsClient } from '../support/ws-client.js'

/** Time goes by, second by second; in each of them the clients hear and answer. */
async function pass(clock: FakeClock, seconds: number, ...clients: readonly WsClient[]): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1000)
    await new Promise(resolve => setImmediate(resolve))
    await Promise.all(clients.map(client => client.synced()))
  }
}

/** Resolves once the agent serves so many clients. */
async function serving(agent: LiveAgent, clients: number): Promise<void> {
  while (agent.stream.clients() !== clients) await new Promise(resolve => setImmediate(resolve))
}

async function liveClient(agent: LiveAgent, userId = 'ann'): Promise<WsClient> {
  return (await agent.connect(userId)).live()
}

function progress(job: string, percent: number) {
  return { type: 'job.progress', title: `${percent} %`, body: '', data: { job_id: job, percent } }
}

describe('messages of a client', () => {
  it.each([
    ['seen', 'seen', 'seenAt'],
    ['read', 'read', 'readAt'],
    ['archive', 'archived', 'archivedAt'],
  ] as const)('%s changes the state and tells all clients of the user', async (t, state, field) => {
    const agent = await openLiveAgent()
    const [one, two] = [await liveClient(agent), await liveClient(agent)]
    const { id } = await agent.emit('ann')
    one.send({ id: 5, t, ids: [id, 'unknown'] })
    const frame = { t: 'st', seq: 2, id, state, by: one.frames[0]?.['session'] }
    expect(await two.until(f => f.t === 'st')).toEqual(frame)
    expect(await one.until(f => f.t === 'st')).toEqual(frame)
    expect(await one.until(f => f['id'] === 5)).toEqual({ id: 5, ok: true })
    expect((await agent.backend.store.getEvents(id))[0]?.[field]).not.toBeNull()
    one.send({ id: 6, t, ids: [id] })
    await one.until(f => f['id'] === 6)
    expect(one.frames.filter(f => f.t === 'st')).toHaveLength(1)
  })

  it('answer a question once, and tell all clients of the user', async () => {
    const agent = await openLiveAgent()
    const [one, two, stranger] = [await liveClient(agent), await liveClient(agent), await liveClient(agent, 'bob')]
    const { id } = await agent.emit('ann', {
      type: 'action.required',
      data: { action_id: 'act-7', options: ['A', { id: 'B', input: true }] },
    })
    await two.until(frame => frame.ev?.id === id)
    stranger.send({ id: 1, t: 'answer', question: 'act-7', option: 'A' })
    expect(await stranger.until(f => f['id'] === 1)).toMatchObject({ err: { code: 'EC_NOT_FOUND' } })
    one.send({ id: 2, t: 'answer', question: 'act-7', option: 'C' })
    expect(await one.until(f => f['id'] === 2)).toMatchObject({ err: { code: 'EC_FIELD_INVALID' } })
    one.send({ id: 3, t: 'answer', question: 'act-7', option: 'B', input: 'of course' })
    const frame = { t: 'st', seq: 2, id, state: 'answered', by: one.frames[0]?.['session'] }
    expect(await two.until(f => f.t === 'st')).toEqual(frame)
    expect(await one.until(f => f['id'] === 3)).toEqual({ id: 3, ok: true })
    two.send({ id: 4, t: 'answer', question: 'act-7', option: 'B', input: 'of course' })
    expect(await two.until(f => f['id'] === 4)).toEqual({ id: 4, ok: true })
    two.send({ id: 5, t: 'answer', question: 'act-7', option: 'A' })
    expect(await two.until(f => f['id'] === 5)).toEqual({
      id: 5,
      err: { code: 'EC_CONFLICT', hint: 'its answer stays `B`' },
    })
    expect(await agent.backend.store.getQuestions('act-7')).toMatchObject([
      { state: 'answered', answer: { option: 'B', input: 'of course', by: 'user' } },
    ])
    expect(two.frames.filter(f => f.t === 'st')).toEqual([frame])
  })

  it('take back what was done: unread, unarchive', async () => {
    const agent = await openLiveAgent()
    const client = await liveClient(agent)
    const { id } = await agent.emit('ann')
    for (const t of ['read', 'unread', 'archive', 'unarchive']) client.send({ t, ids: [id] })
    await client.until(frame => frame['state'] === 'unarchived')
    expect(client.frames.flatMap(frame => frame['state'] ?? [])).toEqual(['read', 'unread', 'archived', 'unarchived'])
  })

  it('snooze until an instant in the future', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await liveClient(agent)
    const { id } = await agent.emit('ann')
    client.send({ t: 'snooze', id, until: '2026-01-05T08:00:00Z' })
    expect(await client.until(frame => 'err' in frame)).toMatchObject({ err: { code: 'EC_FIELD_INVALID' } })
    client.send({ t: 'snooze', id, until: '2026-01-05T10:00:00Z' })
    expect(await client.until(frame => frame.t === 'st')).toMatchObject({
      state: 'snoozed',
      until: '2026-01-05T10:00:00.000Z',
    })
  })

  it('cannot touch the events of another user', async () => {
    const agent = await openLiveAgent()
    const client = await liveClient(agent)
    const { id } = await agent.emit('bob')
    client.send({ id: 1, t: 'read', ids: [id] })
    expect(await client.until(frame => frame['id'] === 1)).toEqual({ id: 1, ok: true })
    expect((await agent.backend.store.getEvents(id))[0]?.readAt).toBeNull()
  })

  it('acknowledge what was received, which the trace then tells', async () => {
    const agent = await openLiveAgent()
    const client = await liveClient(agent)
    const { id } = await agent.emit('ann')
    await client.events(1)
    client.send({ t: 'ack', seq: 1 })
    client.send({ id: 1, t: 'read', ids: [] })
    await client.until(frame => frame['id'] === 1)
    await agent.traces.flush()
    expect(await agent.backend.store.readTrace('ann', id)).toMatchObject([
      { step: 'sent', channel: 'ws', count: 1 },
      { step: 'received', channel: 'ws', target: client.frames[0]?.['session'] },
    ])
  })

  it('say what of it a person sees', async () => {
    const agent = await openLiveAgent()
    const [one, two] = [await liveClient(agent), await liveClient(agent)]
    one.send({ t: 'vis', visible: true, focused: true, thread: 'thr_1' })
    two.send({ t: 'vis', visible: true, focused: false, thread: null })
    for (const client of [one, two]) {
      client.send({ id: 1, t: 'read', ids: [] })
      await client.until(frame => frame['id'] === 1)
    }
    expect(agent.stream.presenceOf('ann')).toEqual({ clients: 2, visible: 2, focused: 1, threads: ['thr_1'] })
    await one.close()
    await serving(agent, 1)
    expect(agent.stream.presenceOf('ann')).toEqual({ clients: 1, visible: 1, focused: 0, threads: [] })
  })

  it.each([
    ['not JSON', { err: { code: 'EC_BODY_INVALID' } }],
    ['[]', { err: { code: 'EC_BODY_INVALID' } }],
    ['{"t":"dance","id":3}', { id: 3, err: { code: 'EC_USAGE' } }],
    ['{"x":1}', { err: { code: 'EC_USAGE' } }],
    ['{"t":"ack"}', { err: { code: 'EC_FIELD_INVALID' } }],
    ['{"t":"read","ids":"evt_1","id":"a"}', { id: 'a', err: { code: 'EC_FIELD_INVALID' } }],
    [
      JSON.stringify({ t: 'seen', ids: Array.from({ length: 1001 }, () => 'x') }),
      { err: { code: 'EC_FIELD_INVALID' } },
    ],
    ['{"id":7,"t":"answer","question":"q","option":"A"}', { id: 7, err: { code: 'EC_NOT_FOUND' } }],
    ['{"id":7,"t":"answer","question":"q","option":"A","input":7}', { id: 7, err: { code: 'EC_FIELD_INVALID' } }],
  ])('that cannot be done are answered: %.40s', async (text, expected) => {
    const agent = await openLiveAgent()
    const client = await liveClient(agent)
    client.send(text)
    expect(await client.until(frame => 'err' in frame)).toMatchObject(expected)
    expect(client.ws.readyState).toBe(client.ws.OPEN)
  })

  it('that nobody understands, again and again, end with 4401', async () => {
    const agent = await openLiveAgent()
    const client = await liveClient(agent)
    for (let i = 0; i < 11; i++) client.send('?')
    expect((await client.closed).code).toBe(4401)
  })

  it('beyond 30 a second and 60 at once end with 4013', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const [steady, hasty] = [await liveClient(agent), await liveClient(agent)]
    for (let second = 0; second < 4; second++) {
      for (let i = 0; i < 30; i++) steady.send('{}')
      await pass(clock, 1, steady)
    }
    for (let i = 0; i < 61; i++) hasty.send('{}')
    expect((await hasty.closed).code).toBe(4013)
    expect(steady.ws.readyState).toBe(steady.ws.OPEN)
  })

  it('larger than 64 KiB, or not in UTF-8, end the connection', async () => {
    const agent = await openLiveAgent()
    const large = await liveClient(agent)
    large.ws.send('x'.repeat(64 * 1024 + 1))
    expect((await large.closed).code).toBe(1009)
    const binary = await liveClient(agent)
    binary.ws.send(Buffer.from([0xff, 0xfe]), { binary: false })
    expect((await binary.closed).code).toBe(1007)
  })

  it('of any kind disturb nobody else', async () => {
    const agent = await openLiveAgent()
    const witness = await liveClient(agent)
    const json = fc.json({ maxDepth: 2 })
    const message = fc.oneof(
      fc.string(),
      json,
      fc
        .record({
          t: fc.constantFrom('ack', 'read', 'seen', 'snooze', 'answer', 'vis', 'auth', '__proto__'),
          ids: fc.anything(),
          id: fc.anything(),
          seq: fc.anything(),
          until: fc.anything(),
        })
        .map(value => {
          try {
            return JSON.stringify(value)
          } catch {
            return '{}'
          }
        }),
      fc.uint8Array().map(bytes => Buffer.from(bytes)),
    )
    let emitted = 0
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 40 }), async messages => {
        const rude = await agent.connect('ann')
        for (const one of messages) rude.ws.send(one)
        await agent.emit('ann')
        emitted += 1
        await witness.events(emitted)
        rude.ws.terminate()
      }),
      { numRuns: 100 },
    )
    expect(witness.ws.readyState).toBe(witness.ws.OPEN)
  })
})

describe('the heartbeat', () => {
  it('pings within 25 seconds and closes with 4012 whoever is silent for 8 more', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const [alive, dead] = [await liveClient(agent), await liveClient(agent)]
    dead.answersPings = false
    await pass(clock, 25, alive, dead)
    expect(alive.messages.filter(message => message === '{}')).toHaveLength(1)
    expect(dead.messages.filter(message => message === '{}')).toHaveLength(1)
    await pass(clock, 9, alive)
    expect((await dead.closed).code).toBe(4012)
    await pass(clock, 60, alive)
    expect(alive.ws.readyState).toBe(alive.ws.OPEN)
    expect(alive.messages.filter(message => message === '{}').length).toBeGreaterThanOrEqual(3)
  })

  it('takes any frame for an answer', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await liveClient(agent)
    client.answersPings = false
    await pass(clock, 26, client)
    client.send({ t: 'ack', seq: 0 })
    await pass(clock, 10, client)
    expect(client.ws.readyState).toBe(client.ws.OPEN)
  })

  it('cuts a connection that does not end within 5 seconds of its close', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await liveClient(agent)
    client.ws.pause()
    const drained = agent.stream.drain(60_000)
    await pass(clock, 6)
    await drained
    client.ws.resume()
    expect((await client.closed).code).toBe(4001)
  })

  it('finds by itself what the bus has lost', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await liveClient(agent)
    const lost = { user_id: 'ann', type: 'task.x', title: 'lost', body: '', level: 'info' } as const
    await agent.backend.store.appendEvents(agent.emitter.makeOwn([lost]))
    await pass(clock, 26, client)
    expect(await client.events(1)).toMatchObject([{ seq: 1, ev: { title: 'lost' } }])
  })
})

describe('progress', () => {
  it('of a job comes at most twice a second, and the newest always', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await liveClient(agent)
    for (let i = 0; i <= 100; i++) {
      await agent.emit('ann', progress('a', i))
      if (i % 10 === 0) clock.advance(100)
    }
    await client.synced()
    clock.advance(1000)
    await client.until(frame => frame.ev?.title === '100 %')
    const seen = client.evs.map(frame => frame.ev?.title)
    expect(seen[0]).toBe('0 %')
    expect(seen.at(-1)).toBe('100 %')
    expect(seen.length).toBeLessThanOrEqual(4)
  })

  it('of one job does not hold back that of another, nor anything else', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await liveClient(agent)
    await agent.emit('ann', progress('a', 1))
    await agent.emit('ann', progress('a', 2))
    await agent.emit('ann', progress('b', 1))
    await agent.emit('ann')
    expect((await client.events(3)).map(frame => frame.seq)).toEqual([1, 3, 4])
  })

  it('that was held back while others went out takes a new number, and no number ever falls', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await liveClient(agent)
    await agent.emit('ann', progress('a', 1))
    const { id } = await agent.emit('ann', progress('a', 2))
    await agent.emit('ann')
    await client.events(2)
    clock.advance(600)
    expect((await client.events(3)).map(frame => frame.seq)).toEqual([1, 3, 4])
    expect(client.evs[2]?.ev?.id).toBe(id)
  })

  it('comes before the end of its job', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await liveClient(agent)
    await agent.emit('ann', progress('a', 1))
    await client.events(1)
    await agent.emit('ann', progress('a', 99))
    await agent.emit('ann', { type: 'job.done', data: { job_id: 'a' } })
    await client.events(3)
    await pass(clock, 2, client)
    expect(client.evs.map(frame => frame.ev?.title)).toEqual(['1 %', '99 %', 'A task'])
  })

  it('that nobody was left to see is there for whoever comes back', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const { epoch } = agent.backend.store.identity()
    const client = await liveClient(agent)
    await agent.emit('ann', progress('a', 1))
    const { id } = await agent.emit('ann', progress('a', 2))
    await agent.emit('ann')
    await client.events(2)
    await client.close()
    await serving(agent, 0)
    // The number that it was given anew is durable a moment later.
    while ((await agent.backend.store.getHead('ann')).seq < 4) await new Promise(resolve => setImmediate(resolve))
    const back = await (await agent.connect('ann', `?cursor=${epoch}.${client.cursor}`)).live()
    expect(back.evs.map(frame => frame.ev?.id)).toEqual([id])
  })
})

describe('a slow client', () => {
  it('gets a burst that is too large for one piece page by page, and stays', async () => {
    const agent = await openLiveAgent()
    const client = await liveClient(agent)
    await agent.emitter.emitMany(OPERATOR, large(400, 20_000), null)
    await agent.emitter.emitMany(OPERATOR, large(400, 20_000), null)
    const events = await client.events(800)
    expect(events.map(frame => frame.seq)).toEqual(events.map((_, i) => i + 1))
    expect(client.ws.readyState).toBe(client.ws.OPEN)
  })

  it('that takes nothing is closed with 4008, having cost less than 1 MiB, and gets the rest when it returns', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const { epoch } = agent.backend.store.identity()
    const [slow, witness] = [await liveClient(agent), await liveClient(agent)]
    slow.ws.pause()
    let cost = 0
    let emitted = 0
    // The network holds some megabytes by itself.
    for (let more = 10; more > 0; more -= cost > 100_000 ? 1 : 0) {
      await agent.emitter.emitMany(OPERATOR, large(20, 20_000), null)
      emitted += 20
      await witness.events(emitted)
      cost = Math.max(cost, agent.stream.bufferedBytes())
    }
    expect(cost).toBeLessThan(1024 * 1024)
    await pass(clock, 3)
    expect(agent.stream.clients()).toBe(1)
    slow.ws.resume()
    expect((await slow.closed).code).toBe(4008)
    const back = await (await agent.connect('ann', `?cursor=${epoch}.${slow.cursor}`)).live()
    const numbers = [...slow.evs, ...back.evs].map(frame => frame.seq)
    expect(numbers).toEqual(witness.evs.map(frame => frame.seq))
  }, 60_000)
})

describe('the end of the agent', () => {
  it('tells each client when to come back, then closes with 4001', async () => {
    const agent = await openLiveAgent()
    const clients = await Promise.all(['ann', 'bob', 'cy'].map(user => liveClient(agent, user)))
    await agent.stream.drain(1000)
    for (const client of clients) {
      expect((await client.closed).code).toBe(4001)
      const after = client.frames.find(frame => frame.t === 'reconnect')?.['after']
      expect(after).toBeGreaterThanOrEqual(0)
      expect(after).toBeLessThanOrEqual(3 / 500)
    }
    expect(agent.stream.clients()).toBe(0)
  })

  it('closes with 4010 when the store was restored', async () => {
    const agent = await openLiveAgent()
    const client = await liveClient(agent)
    agent.backend.bus.publish('restored', { epoch: 'new' })
    expect((await client.closed).code).toBe(4010)
    await liveClient(agent)
  })

  it('closes with 4403 when the user was erased, and begins anew', async () => {
    const agent = await openLiveAgent()
    const client = await liveClient(agent)
    await agent.emit('ann')
    await client.events(1)
    agent.backend.bus.publish('changed', { what: 'user', id: 'ann' })
    await client.synced()
    expect(client.ws.readyState).toBe(client.ws.OPEN)
    await agent.backend.store.eraseUser('ann')
    agent.backend.bus.publish('changed', { what: 'user', id: 'ann' })
    expect((await client.closed).code).toBe(4403)
    // The new stream is empty, and goes on behind the old numbers: nobody takes a new event for one he has had.
    const again = await liveClient(agent)
    await agent.emit('ann')
    expect(await again.events(1)).toMatchObject([{ seq: 2 }])
  })
})

function large(n: number, bytes: number) {
  return Array.from({ length: n }, (_, i) => ({
    user_id: 'ann',
    type: 'task.x',
    title: `${i}`,
    body: 'x'.repeat(bytes),
  }))
}
