import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient, EcError, type ClientOptions, type EcClient } from '#ec/client.js'
import { FakeClock } from '../../support/fake-clock.ts'
import { openStandIn, sendJson, type StandIn } from '../../support/stand-in.ts'
import { tempDir } from '../../support/temp-dir.ts'

const EVENT = { user_id: 'ana', type: 'job.done', title: 'T', body: '' }
const REPLY = { id: 'evt_1', seq: 1, plan: { steps: [], rule: 'default', warnings: [], inbox: true }, warnings: [] }

function open(options: ClientOptions): EcClient {
  const client = createClient(options)
  onTestFinished(() => client.close())
  return client
}

async function failure(promise: Promise<unknown>): Promise<EcError> {
  const thrown: unknown = await promise.catch((error: unknown) => error)
  if (thrown instanceof EcError) return thrown
  throw new Error(`expected an EcError, got ${String(thrown)}`)
}

describe('a request', () => {
  it('carries the token, the query and the body', async () => {
    const agent = await openStandIn((_request, response) => sendJson(response, 202, REPLY))
    const client = open({ url: `${agent.url}/prefix/`, token: 'key' })
    await client.emit(EVENT, { idempotencyKey: 'k' })
    await client.events.list({ user: 'a b', after: '0', level: undefined })
    expect(agent.seen[0]).toMatchObject({ method: 'POST', url: '/prefix/api/events', body: JSON.stringify(EVENT) })
    expect(agent.seen[0]?.headers).toMatchObject({ authorization: 'Bearer key', 'idempotency-key': 'k' })
    expect(agent.seen[1]?.url).toBe('/prefix/api/events?user=a+b&after=0')
  })

  it('goes through a socket as well', async () => {
    const socket = join(tempDir(), 'agent.sock')
    await openStandIn((_request, response) => sendJson(response, 200, { keys: [] }), { path: socket })
    expect(await open({ socket }).keys.list()).toEqual({ keys: [] })
  })

  it('cannot be led to another path by an id', async () => {
    const agent = await openStandIn((_request, response) => sendJson(response, 200, {}))
    await open({ url: agent.url }).events.get('../keys?x=1', 'ana')
    expect(agent.seen[0]?.url).toBe('/api/events/..%2Fkeys%3Fx%3D1?user=ana')
  })

  it('takes an empty answer', async () => {
    const agent = await openStandIn((_request, response) => void response.writeHead(204).end())
    await expect(open({ url: agent.url }).keys.revoke('key_1')).resolves.not.toThrow()
  })
})

describe('a refusal', () => {
  it('keeps code, status, hint and details of the agent', async () => {
    const problem = {
      code: 'EC_EVENT_INVALID',
      status: 422,
      detail: 'no',
      hint: 'mend it',
      errors: [{ path: 'title' }],
      title: 'x',
    }
    const agent = await openStandIn((_request, response) => sendJson(response, 422, problem))
    const error = await failure(open({ url: agent.url }).emit(EVENT))
    expect(error).toMatchObject({
      code: 'EC_EVENT_INVALID',
      status: 422,
      message: 'no',
      hint: 'mend it',
      category: 'refused',
    })
    expect(error.details).toEqual({ errors: [{ path: 'title' }] })
  })

  it.each([
    [401, 'config'],
    [403, 'config'],
    [404, 'empty'],
    [409, 'refused'],
    [418, 'refused'],
    [500, 'refused'],
    [503, 'unreachable'],
  ])('with a code that nobody knows survives as text (%i is %s)', async (status, category) => {
    const agent = await openStandIn((_request, response) => sendJson(response, status, { code: 'EC_NEW', detail: 'd' }))
    const error = await failure(open({ url: agent.url, retries: 0 }).status())
    expect(error).toMatchObject({ code: 'EC_REMOTE', status, category, message: 'd', details: { code: 'EC_NEW' } })
  })

  it.each(['<html>', '', '[1]', 'null'])('that is no problem document is told too: %j', async body => {
    const agent = await openStandIn((_request, response) => void response.writeHead(404).end(body))
    expect(await failure(open({ url: agent.url }).status())).toMatchObject({
      code: 'EC_REMOTE',
      message: 'the agent answered 404',
    })
  })

  it('is told when something else than an agent answers 200', async () => {
    const agent = await openStandIn((_request, response) => void response.end('<html>'))
    expect(await failure(open({ url: agent.url }).status())).toMatchObject({ code: 'EC_REMOTE', hint: 'check the URL' })
  })

  it('of a whole batch is an answer item by item', async () => {
    const results = [{ error: { code: 'EC_EVENT_INVALID', detail: 'no' } }]
    const agent = await openStandIn((_request, response) =>
      sendJson(response, 422, { code: 'EC_EVENT_INVALID', detail: 'none', results, accepted: 0, rejected: 1 }),
    )
    expect(await open({ url: agent.url }).emitMany([EVENT])).toEqual({ results, accepted: 0, rejected: 1 })
  })
})

describe('an agent that is not there', () => {
  it('is EC_AGENT_UNREACHABLE, by socket and by URL', async () => {
    const bySocket = await failure(open({ socket: join(tempDir(), 'none.sock'), retries: 0 }).status())
    const byUrl = await failure(open({ url: 'http://127.0.0.1:1', retries: 0 }).status())
    expect(bySocket).toMatchObject({ code: 'EC_AGENT_UNREACHABLE', category: 'unreachable' })
    expect(bySocket.hint).toContain('ec agent')
    expect(byUrl.message).toContain('http://127.0.0.1:1')
  })

  it('is EC_TIMEOUT when it takes a request and says nothing', async () => {
    const clock = new FakeClock()
    const agent = await openStandIn(() => clock.advance(1000))
    const error = await failure(open({ url: agent.url, timeoutMs: 1000, retries: 0, clock }).status())
    expect(error).toMatchObject({ code: 'EC_TIMEOUT', message: 'the agent did not answer within 1 s' })
  })

  it('is given up at once when the caller says so', async () => {
    const stop = new AbortController()
    const agent = await openStandIn(() => stop.abort())
    const thrown: unknown = await open({ url: agent.url })
      .emit(EVENT, { signal: stop.signal })
      .catch((error: unknown) => error)
    expect(thrown).toBe(stop.signal.reason)
  })
})

/** Breaks the connection of the first request, answers the second. */
function breakFirst(): Promise<StandIn> {
  return openStandIn((_request, response, nth) =>
    nth === 1 ? void response.destroy() : sendJson(response, 202, REPLY),
  )
}

describe('a repetition', () => {
  it('is made of a read, and of an emit that has an id or a key', async () => {
    for (const run of [
      (client: EcClient) => client.events.list(),
      (client: EcClient) => client.emit({ ...EVENT, id: 'x' }),
      (client: EcClient) => client.emit(EVENT, { idempotencyKey: 'k' }),
      (client: EcClient) => client.emitMany([{ ...EVENT, id: 'x' }]),
    ]) {
      const agent = await breakFirst()
      await run(open({ url: agent.url }))
      expect(agent.seen).toHaveLength(2)
    }
  })

  it('is not made of an emit without them: it could make a second event', async () => {
    for (const run of [
      (client: EcClient) => client.emit(EVENT),
      (client: EcClient) => client.emitMany([{ ...EVENT, id: 'x' }, EVENT]),
      (client: EcClient) => client.resources.add({ provider: 'github', user: 'me' }),
    ]) {
      const agent = await breakFirst()
      const error = await failure(run(open({ url: agent.url })))
      expect(error).toMatchObject({
        code: 'EC_AGENT_UNREACHABLE',
        hint: expect.stringContaining('whether it was done'),
      })
      expect(agent.seen).toHaveLength(1)
    }
  })

  it('waits as long as the agent asks, and is given up after the last', async () => {
    const agent = await openStandIn((_request, response) =>
      sendJson(response, 503, { code: 'EC_OVERLOADED', detail: 'busy' }, { 'retry-after': '0.01' }),
    )
    const error = await failure(open({ url: agent.url, retries: 2 }).status())
    expect(error).toMatchObject({ code: 'EC_OVERLOADED', retryAfterMs: 10 })
    expect(agent.seen).toHaveLength(3)
  })

  it('is not made of what was refused for good', async () => {
    const agent = await openStandIn((_request, response) =>
      sendJson(response, 409, { code: 'EC_CONFLICT', detail: 'taken' }),
    )
    await failure(open({ url: agent.url }).emit({ ...EVENT, id: 'x' }))
    expect(agent.seen).toHaveLength(1)
  })
})

describe('a batch', () => {
  it('is sent in requests of 500, in order, each with a key of its own', async () => {
    const agent = await openStandIn((request, response) => {
      const events: unknown[] = JSON.parse(request.body)
      sendJson(response, 202, { results: events.map(() => REPLY), accepted: events.length, rejected: 0 })
    })
    const events = Array.from({ length: 1001 }, (_, i) => ({ ...EVENT, id: `e${i}` }))
    const reply = await open({ url: agent.url }).emitMany(events, { idempotencyKey: 'k' })
    expect(reply.accepted).toBe(1001)
    expect(agent.seen.map(({ body }) => JSON.parse(body).length)).toEqual([500, 500, 1])
    expect(agent.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['k:0', 'k:1', 'k:2'])
    expect(agent.seen.flatMap(({ body }) => JSON.parse(body))).toEqual(events)
  })

  it('of nothing is not sent', async () => {
    expect(await open({ url: 'http://127.0.0.1:1' }).emitMany([])).toEqual({ results: [], accepted: 0, rejected: 0 })
  })
})
