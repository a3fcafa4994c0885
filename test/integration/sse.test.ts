import { describe, expect, it } from 'vitest'
import { createMeter } from '#ec/agent/http/metrics.js'
import { FakeClock } from '../support/fake-clock.js'
import { openLiveAgent, OPERATOR, type LiveAgent } from '../support/live-agent.js'
import { SseClient } from '../support/sse-client.js'

function urlOf(agent: LiveAgent, userId = 'ann'): string {
  return `http://127.0.0.1:${agent.port}/api/events/stream?user=${userId}`
}

async function live(agent: LiveAgent, lastEventId?: string): Promise<SseClient> {
  const client = await SseClient.open(urlOf(agent), lastEventId)
  await client.until(event => event.event === 'live')
  return client
}

describe('the stream of server-sent events', () => {
  it('says the same as the WebSocket, with the cursor as the id', async () => {
    const agent = await openLiveAgent()
    const { epoch } = agent.backend.store.identity()
    const [sse, ws] = [await live(agent), await (await agent.connect('ann')).live()]
    const { id } = await agent.emit('ann', { title: 'two\nlines, and \u2028 more' })
    ws.send({ t: 'read', ids: [id] })
    const state = await sse.until(event => event.event === 'st')
    expect(state.id).toBe(`${epoch}.2`)
    expect(sse.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    })
    await ws.until(frame => frame.t === 'st')
    const told = ws.frames.filter(frame => frame.t === 'ev' || frame.t === 'st')
    const numbered = sse.events.filter(event => event.id !== null && event.event !== 'live')
    expect(numbered.map(event => event.data)).toEqual(told)
    expect(sse.evs).toMatchObject([{ id: `${epoch}.1` }])
  })

  it('counts each event that it writes, live or from the past, for each client', async () => {
    const meter = createMeter()
    const agent = await openLiveAgent({ meter })
    const clients = [await live(agent), await live(agent)]
    const { id } = await agent.emit('ann')
    await agent.emit('ben')
    for (const client of clients) await client.until(event => event.event === 'ev')
    expect(meter.sum('ec_deliveries_total')).toBe(2)
    const { epoch } = agent.backend.store.identity()
    const late = await live(agent, `${epoch}.0`)
    expect(late.evs.map(event => event.data)).toMatchObject([{ ev: { id } }])
    expect(meter.sum('ec_deliveries_total')).toBe(3)
    expect(meter.sum('ec_events_total')).toBe(2)
  })

  it('goes on behind Last-Event-ID', async () => {
    const agent = await openLiveAgent()
    const { epoch } = agent.backend.store.identity()
    for (let i = 0; i < 5; i++) await agent.emit('ann')
    const client = await live(agent, `${epoch}.3`)
    expect(client.evs.map(event => event.data)).toMatchObject([
      { seq: 4, replay: true },
      { seq: 5, replay: true },
    ])
    for (const foreign of ['other.3', 'of another server']) {
      const lost = await live(agent, foreign)
      expect(lost.events[0]?.data).toMatchObject({ recovered: false, head: 5 })
    }
  })

  it('gives a cursor before there is an event, so that a browser misses nothing of a break that comes first', async () => {
    const agent = await openLiveAgent()
    const { epoch } = agent.backend.store.identity()
    await agent.emit('ann')
    const first = await live(agent)
    const { id } = await first.until(event => event.event === 'live')
    expect(id).toBe(`${epoch}.1`)
    first.close()
    await agent.emit('ann')
    const again = await live(agent, id ?? '')
    expect(again.evs.map(event => event.data)).toMatchObject([{ seq: 2, replay: true }])
    expect((await again.until(event => event.event === 'live')).id).toBe(`${epoch}.2`)
  })

  it('is kept open by a comment every 25 seconds, and asks for no answer', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await live(agent)
    for (let i = 0; i < 80; i++) {
      clock.advance(1000)
      await new Promise(resolve => setImmediate(resolve))
    }
    await agent.emit('ann')
    await client.until(event => event.event === 'ev')
    expect(client.comments).toBe(3)
  })

  it('ends with word of when to come back when the agent stops', async () => {
    const agent = await openLiveAgent()
    const client = await live(agent)
    await agent.stream.drain(1000)
    await client.ended
    expect(client.events.at(-1)).toMatchObject({ event: 'reconnect', data: { t: 'reconnect' } })
    const refused = await SseClient.open(urlOf(agent))
    expect(refused.response.statusCode).toBe(503)
  })

  it('counts among the 20 connections of a user', async () => {
    const agent = await openLiveAgent()
    const clients = await Promise.all(Array.from({ length: 20 }, () => live(agent)))
    expect((await SseClient.open(urlOf(agent))).response.statusCode).toBe(429)
    clients[0]?.close()
    while (agent.stream.clients() === 20) await new Promise(resolve => setImmediate(resolve))
    await live(agent)
  })

  it('costs less than 1 MiB when the client takes nothing, and is cut', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await live(agent)
    client.response.pause()
    let cost = 0
    // The network holds some megabytes by itself.
    for (let more = 10; more > 0; more -= cost > 100_000 ? 1 : 0) {
      const raws = Array.from({ length: 20 }, () => ({
        user_id: 'ann',
        type: 'task.x',
        title: 't',
        body: 'ж'.repeat(10_000),
      }))
      await agent.emitter.emitMany(OPERATOR, raws, null)
      await new Promise(resolve => setTimeout(resolve, 5))
      cost = Math.max(cost, agent.stream.bufferedBytes())
    }
    expect(cost).toBeLessThan(1024 * 1024)
    for (let i = 0; i < 10; i++) {
      clock.advance(1000)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    expect(agent.stream.clients()).toBe(0)
    client.response.resume()
    await client.ended
  })
})
