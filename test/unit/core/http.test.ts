import { createServer, type RequestListener } from 'node:http'
import { getEventListeners, once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ApiCall } from '#ec/core/api-call.js'
import { createSystemClock } from '#ec/core/clock.js'
import { createHttpDoor, type HttpDoorOptions } from '#ec/core/http.js'
import { FakeClock } from '../../support/fake-clock.ts'

const label = { provider: 'github', account: 'ana', operation: 'contents.get', cause: 'polling' } as const

describe('the door to the network', () => {
  it('counts every request on the wire, redirects and retries too', async () => {
    let hits = 0
    const url = await serve((request, response) => {
      hits += 1
      if (request.url === '/moved') return response.writeHead(302, { location: '/here' }).end()
      response.writeHead(hits < 3 ? 503 : 200).end('ok')
    })
    const { door, calls } = open()
    const answer = await door.fetchFor(label)(`${url}/moved`)
    expect(await answer.text()).toBe('ok')
    expect(calls.map(call => [call.status, call.attempt])).toEqual([
      [302, 1],
      [503, 1],
      [302, 2],
      [200, 2],
    ])
    expect(calls[0]).toMatchObject({ ...label, error: null })
    expect(calls).toHaveLength(hits)
  })

  it('waits as long as Retry-After says before it tries again', async () => {
    const times: number[] = []
    const url = await serve((_request, response) => {
      times.push(performance.now())
      if (times.length === 1) response.writeHead(429, { 'retry-after': '0.15' }).end()
      else response.end('ok')
    })
    const { door } = open()
    const answer = await door.fetchFor(label)(url, { method: 'POST', body: '{}' })
    expect(answer.status).toBe(200)
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(149)
  })

  it('leaves nothing on a signal that a thousand requests are made with, once their answers are here', async () => {
    const url = await serve((_request, response) => response.end('ok'))
    const { door } = open()
    const { signal } = new AbortController()
    for (let n = 0; n < 5; n++) await (await door.fetchFor(label)(url, { signal })).text()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('waits longer for the answer of a long poll, where it is told to', async () => {
    const url = await serve((_request, response) => void setTimeout(() => response.end('late'), 60))
    const { door } = open({ deadlineMs: 30, retry: { maxAttempts: 1, baseMs: 1, capMs: 1 } })
    await expect(door.fetchFor(label)(url)).rejects.toMatchObject({ code: 'EC_TIMEOUT' })
    expect(await (await door.fetchFor(label, { deadlineMs: 20_000 })(url)).text()).toBe('late')
  })

  it('never repeats a POST that may have been done', async () => {
    let hits = 0
    const url = await serve((_request, response) => {
      hits += 1
      response.writeHead(503).end()
    })
    const { door } = open()
    expect((await door.fetchFor(label)(url, { method: 'POST', body: '{}' })).status).toBe(503)
    expect(hits).toBe(1)
  })

  it('gives the last answer back when the attempts are used up', async () => {
    let hits = 0
    const url = await serve((_request, response) => {
      hits += 1
      response.writeHead(502).end('still')
    })
    const { door, calls } = open()
    const answer = await door.fetchFor(label)(url)
    expect([answer.status, await answer.text(), hits]).toEqual([502, 'still', 3])
    expect(calls.map(call => call.attempt)).toEqual([1, 2, 3])
  })

  it('ends an attempt at its deadline and counts it as a call without an answer', async () => {
    const url = await serve(() => {})
    const { door, calls } = open({ deadlineMs: 40, retry: { maxAttempts: 1, baseMs: 1, capMs: 1 } })
    await expect(door.fetchFor(label)(url)).rejects.toMatchObject({ code: 'EC_TIMEOUT' })
    expect(calls).toMatchObject([{ status: 0, attempt: 1 }])
  })

  it('counts a connection that is refused, then fails', async () => {
    const { door, calls } = open()
    const url = await closedPort()
    await expect(door.fetchFor(label)(url)).rejects.toThrow()
    expect(calls.map(call => [call.status, call.attempt, call.error])).toEqual([
      [0, 1, 'ECONNREFUSED'],
      [0, 2, 'ECONNREFUSED'],
      [0, 3, 'ECONNREFUSED'],
    ])
  })

  it('spaces the calls of one account by its budget and leaves other accounts alone', async () => {
    const url = await serve((_request, response) => response.end('ok'))
    const clock = new FakeClock()
    const waits: string[] = []
    const { door, calls } = open({
      clock,
      onWait: ({ account }, ms) => waits.push(`${account} ${ms}`),
      budgetOf: () => ({ name: 'test', rate: { burst: 2, perSecond: 20 }, limitPerMinute: null }),
    })
    const take = (account: string) => door.fetchFor({ ...label, account })(url)
    const accounts = () => calls.map(({ account }) => account)
    await Promise.all([take('ana'), take('ana'), take('bob'), take('bob')])
    const [third, fourth] = [take('ana'), take('ana')]
    // Whoever has a budget of its own goes first, as long as the clock stands.
    await take('eve')
    clock.advance(49)
    await take('leo')
    expect(accounts().toSorted()).toEqual(['ana', 'ana', 'bob', 'bob', 'eve', 'leo'])
    clock.advance(1)
    await Promise.race([third, fourth])
    await take('mia')
    expect(accounts().slice(6)).toEqual(['ana', 'mia'])
    clock.advance(50)
    await Promise.all([third, fourth])
    expect(accounts().slice(8)).toEqual(['ana'])
    const ana = door.budgets().find(({ account }) => account === 'ana')
    expect(ana).toEqual({
      budget: 'test',
      account: 'ana',
      used: 4,
      perMinute: 1202,
      limitPerMinute: null,
      waits: 2,
      waitedMs: 150,
      lastWaitAt: clock.now(),
    })
    expect(waits).toEqual(['ana 50', 'ana 100'])
  })

  it('stops waiting when the caller gives up', async () => {
    const url = await serve((_request, response) => response.writeHead(429, { 'retry-after': '30' }).end())
    const { door } = open()
    const giveUp = new AbortController()
    const answer = door.fetchFor(label)(url, { signal: giveUp.signal })
    setTimeout(() => giveUp.abort(new Error('enough')), 20)
    await expect(answer).rejects.toThrow('enough')
  })
})

function open(options: Partial<HttpDoorOptions> = {}) {
  const calls: ApiCall[] = []
  const door = createHttpDoor({
    clock: createSystemClock(),
    random: () => 0.5,
    record: call => void calls.push(call),
    retry: { maxAttempts: 3, baseMs: 10, capMs: 20 },
    ...options,
  })
  onTestFinished(() => door.close())
  return { door, calls }
}

/** A port that nobody listens on. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}
