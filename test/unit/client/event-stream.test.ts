import type { ServerResponse } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient, EcError, type StreamItem, type StreamOptions } from '#ec/client.js'
import { FakeClock } from '../../support/fake-clock.ts'
import { openStandIn, sendJson, type StandIn } from '../../support/stand-in.ts'

const hello = (head: number, recovered = true, epoch = 'e1') => ({ t: 'hello', user: 'ana', epoch, head, recovered })
const live = { t: 'live' }
const ev = (seq: number, replay = false) => ({ t: 'ev', seq, ...(replay ? { replay } : {}), ev: { id: `evt_${seq}` } })

/** Sends these frames; the connection stays open. */
function send(
  response: ServerResponse,
  ...frames: readonly { readonly t: string; readonly seq?: number; readonly after?: number }[]
): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const frame of frames) {
    const id = frame.seq === undefined ? '' : `id: e1.${frame.seq}\n`
    response.write(`${id}event: ${frame.t}\ndata: ${JSON.stringify(frame)}\n\n`)
  }
}

/** The first `count` items of a stream, which is then left. */
async function take(
  agent: StandIn,
  count: number,
  options: StreamOptions = {},
  clock?: FakeClock,
): Promise<StreamItem[]> {
  const client = createClient({ url: agent.url, token: 't', ...(clock ? { clock } : {}) })
  onTestFinished(() => client.close())
  const items: StreamItem[] = []
  for await (const item of client.stream({ user: 'ana', ...options })) {
    items.push(item)
    if (items.length === count) break
  }
  return items
}

describe('a stream', () => {
  it('gives events, states and the moment from which it is live, each with its cursor', async () => {
    const st = { t: 'st', seq: 3, id: 'evt_2', state: 'read', by: 'ses_1' }
    const agent = await openStandIn((_request, response) => send(response, hello(1), ev(2, true), live, st))
    expect(await take(agent, 3)).toEqual([
      { type: 'event', seq: 2, replay: true, event: { id: 'evt_2' }, cursor: 'e1.2' },
      { type: 'live' },
      { type: 'state', seq: 3, id: 'evt_2', state: 'read', by: 'ses_1', until: null, cursor: 'e1.3' },
    ])
    expect(agent.seen[0]?.url).toBe('/api/events/stream?user=ana')
  })

  it('goes on after a lost connection where it was, also before the first event, and repeats nothing', async () => {
    const agent = await openStandIn((_request, response, nth) => {
      if (nth === 1) {
        send(response, hello(7), live, { t: 'reconnect', after: 0 })
        response.end()
      } else if (nth === 2) {
        send(response, hello(8), ev(8, true), { t: 'reconnect', after: 0 })
        response.end()
      } else send(response, hello(9), ev(8, true), ev(9))
    })
    const items = await take(agent, 3)
    expect(items.map(item => (item.type === 'event' ? item.seq : item.type))).toEqual(['live', 8, 9])
    expect(agent.seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'e1.7', 'e1.8'])
  })

  it('says when something cannot be sent again, and goes on from the new head', async () => {
    const agent = await openStandIn((_request, response) => send(response, hello(4, false, 'e2'), live, ev(5)))
    const items = await take(agent, 3, { cursor: 'e1.9' })
    expect(items).toEqual([
      { type: 'gap' },
      { type: 'live' },
      { type: 'event', seq: 5, replay: false, event: { id: 'evt_5' }, cursor: 'e2.5' },
    ])
  })

  it('ends without an error when it is told to', async () => {
    const stop = new AbortController()
    const agent = await openStandIn((_request, response) => {
      send(response, hello(0), live)
      stop.abort()
    })
    await expect(take(agent, 99, { signal: stop.signal })).resolves.toBeInstanceOf(Array)
  })

  it('throws a refusal, and what it cannot reach at the first try', async () => {
    const agent = await openStandIn((_request, response) =>
      sendJson(response, 401, { code: 'EC_UNAUTHENTICATED', detail: 'no' }),
    )
    await expect(take(agent, 1)).rejects.toMatchObject({ code: 'EC_UNAUTHENTICATED' })
    agent.server.closeAllConnections()
    await new Promise(resolve => agent.server.close(resolve))
    await expect(take(agent, 1)).rejects.toMatchObject({ code: 'EC_AGENT_UNREACHABLE' })
  })

  it('refuses a cursor that is none before it asks', async () => {
    await expect(take(await openStandIn(() => {}), 1, { cursor: 'x' })).rejects.toMatchObject({ code: 'EC_USAGE' })
  })

  it('tells of a lost connection, and makes it again', async () => {
    const lost: EcError[] = []
    const agent = await openStandIn((_request, response, nth) => {
      if (nth > 1) return send(response, hello(1), ev(2))
      send(response, hello(1), { t: 'reconnect', after: 0 })
      // The frames are read before the connection breaks.
      response.write(':\n\n', () => response.destroy())
    })
    const items = await take(agent, 1, { onReconnect: error => void lost.push(error) })
    expect(items).toHaveLength(1)
    expect(lost.map(({ code }) => code)).toEqual(['EC_AGENT_UNREACHABLE'])
  })

  it('takes silence for a dead connection', async () => {
    const clock = new FakeClock()
    const lost: EcError[] = []
    const agent = await openStandIn((_request, response, nth) => {
      send(response, hello(1), live, { t: 'reconnect', after: 0 })
      if (nth > 1) send(response, ev(2))
    })
    const client = createClient({ url: agent.url, clock })
    onTestFinished(() => client.close())
    for await (const item of client.stream({ user: 'ana', onReconnect: error => void lost.push(error) })) {
      if (item.type === 'event') break
      void passTime()
    }
    expect(lost).toHaveLength(1)

    async function passTime(): Promise<void> {
      while (lost.length === 0) {
        clock.advance(61_000)
        await new Promise(resolve => setImmediate(resolve))
      }
    }
  })
})
