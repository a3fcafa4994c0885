import type { ServerResponse } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient, type ActivityItem } from '#ec/client.js'
import { FakeClock } from '../../support/fake-clock.ts'
import { openStandIn, sendJson, type StandIn } from '../../support/stand-in.ts'

/** Sends messages whose frames hold a number alone; the connection stays open. */
function send(response: ServerResponse, ...numbers: readonly number[]): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const n of numbers) response.write(`id: e1.0.${n}\ndata: {"uptime_s":${n}}\n\n`)
}

function follow(agent: StandIn, clock?: FakeClock, signal?: AbortSignal): AsyncIterable<ActivityItem> {
  const client = createClient({ url: agent.url, token: 't', ...(clock ? { clock } : {}) })
  onTestFinished(() => client.close())
  return client.activity(signal ? { signal } : {})
}

/** The first `count` items, a frame as its number; then it is left. */
async function take(agent: StandIn, count: number): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of follow(agent)) {
    items.push(item.type === 'frame' ? item.frame.uptime_s : item.type === 'lost' ? item.code : item.type)
    if (items.length === count) break
  }
  return items
}

describe('following the activity', () => {
  it('goes on behind the last message after a lost connection', async () => {
    const agent = await openStandIn((_request, response, nth) => {
      if (nth > 1) return send(response, 3)
      send(response, 1, 2)
      response.write(':\n\n', () => response.destroy())
    })
    expect(await take(agent, 6)).toEqual(['connected', 1, 2, 'EC_AGENT_UNREACHABLE', 'connected', 3])
    expect(agent.seen.map(({ url, headers }) => [url, headers['last-event-id']])).toEqual([
      ['/api/activity', undefined],
      ['/api/activity', 'e1.0.2'],
    ])
  })

  it('takes an end in good order for a loss too, and says what the agent said of it', async () => {
    const problem = { code: 'EC_DRAINING', detail: 'the agent is stopping', hint: 'come back' }
    const agent = await openStandIn((_request, response, nth) => {
      send(response, nth)
      if (nth === 1) response.end()
      if (nth === 2) response.end(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`)
    })
    expect(await take(agent, 3)).toEqual(['connected', 1, 'EC_AGENT_UNREACHABLE'])
    expect(await take(agent, 5)).toEqual(['connected', 2, 'EC_DRAINING', 'connected', 3])
  })

  it.each([
    [401, 'EC_UNAUTHENTICATED'],
    [403, 'EC_FORBIDDEN'],
    [404, 'EC_NOT_FOUND'],
  ])('rejects when the agent refuses with %i, at first and later', async (status, code) => {
    const agent = await openStandIn((_request, response, nth) => {
      if (nth !== 2) return sendJson(response, status, { code, detail: 'no' })
      send(response, 1)
      response.end()
    })
    await expect(take(agent, 1)).rejects.toMatchObject({ code, status })
    expect(agent.seen).toHaveLength(1)
    await expect(take(agent, 9)).rejects.toMatchObject({ code, status })
    expect(agent.seen).toHaveLength(3)
  })

  it('tries again when the agent has no room, as late as it says', async () => {
    const agent = await openStandIn((_request, response, nth) => {
      if (nth > 1) return send(response, 1)
      sendJson(response, 429, { code: 'EC_RATE_LIMITED', detail: '16 follow' }, { 'retry-after': '0' })
    })
    expect(await take(agent, 3)).toEqual(['EC_RATE_LIMITED', 'connected', 1])
  })

  it('takes silence for a dead connection, but not a comment', async () => {
    const clock = new FakeClock()
    const open: ServerResponse[] = []
    const agent = await openStandIn((_request, response) => {
      open.push(response)
      send(response, open.length)
    })
    const types: string[] = []
    for await (const item of follow(agent, clock)) {
      types.push(item.type)
      if (types.length === 2) {
        clock.advance(14_999)
        open[0]?.write(':\n\ndata: {}\n\n')
      }
      if (types.length === 3) {
        clock.advance(14_999)
        expect(agent.seen).toHaveLength(1)
        clock.advance(1)
      }
      if (types.length === 6) break
    }
    expect(types).toEqual(['connected', 'frame', 'frame', 'lost', 'connected', 'frame'])
  })

  it('lets go of the connection when the loop is left, and when it is told to end', async () => {
    const closed: Promise<void>[] = []
    const agent = await openStandIn((_request, response) => {
      closed.push(new Promise(resolve => void response.on('close', resolve)))
      send(response, 1)
    })
    for await (const item of follow(agent)) if (item.type === 'frame') break
    const stop = new AbortController()
    for await (const item of follow(agent, undefined, stop.signal)) if (item.type === 'frame') stop.abort()
    await Promise.all(closed)
    expect(closed).toHaveLength(2)
  })

  it('says when something else than an agent answers', async () => {
    const agent = await openStandIn((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: <html>\n\n')
    })
    await expect(take(agent, 9)).rejects.toMatchObject({ code: 'EC_REMOTE' })
  })
})
