import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AgentApi } from '../../../web/center/agent-api.js'
import { FakeClock } from '../../support/fake-clock.js'

type Answer = (asked: IncomingMessage, answer: ServerResponse) => void

async function serve(answer: Answer) {
  const asked: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request
      .setEncoding('utf8')
      .on('data', (more: string) => (body += more))
      .on('end', () => {
        const { method, url, headers } = request
        asked.push({ ...(method && { method }), ...(url && { url }), headers, body })
        answer(request, response)
      })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { asked, url: `http://127.0.0.1:${port}/under/` }
}

const clock = new FakeClock()

function open(url: string, token?: string | (() => string | Promise<string>)): AgentApi {
  return new AgentApi({ url, token, fetch, clock })
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Answer => {
  return (_asked, answer) =>
    answer.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

function onlyFor(good: string): Answer {
  return (asked, answer) =>
    asked.headers.authorization === `Bearer ${good}`
      ? json({ fine: true })(asked, answer)
      : json({ code: 'EC_UNAUTHENTICATED', detail: 'no' }, 401)(asked, answer)
}

describe('a request to the agent', () => {
  it('goes below the agent’s URL, with what proves that a page of ours sends it', async () => {
    const { asked, url } = await serve(json({ fine: true }))
    const api = open(url, 'a-token')
    expect(await api.call('GET', 'api/inbox')).toEqual({ fine: true })
    expect(await api.call('POST', '/api/inbox/state', { ids: [] })).toEqual({ fine: true })
    await api.call('DELETE', 'api/session')
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /under/api/inbox',
      'POST /under/api/inbox/state',
      'DELETE /under/api/session',
    ])
    expect(asked.map(({ headers }) => headers['x-ec-page'])).toEqual([undefined, '1', '1'])
    expect(new Set(asked.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer a-token']))
    expect(asked.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      [undefined, ''],
      ['application/json', '{"ids":[]}'],
      [undefined, ''],
    ])
  })

  it('takes an answer without a body for null', async () => {
    const { url } = await serve((_asked, answer) => answer.writeHead(204).end())
    expect(await open(url).call('DELETE', 'api/session')).toBeNull()
  })

  it('carries no bearer where the cookie counts', async () => {
    const { asked, url } = await serve(json({}))
    await open(url).call('GET', 'api/inbox')
    expect(asked[0]?.headers.authorization).toBeUndefined()
  })

  it('is given up after ten seconds, whether the head or the body does not come', async () => {
    const silent = await serve(() => {})
    const half = await serve((_asked, answer) => answer.writeHead(200).write('{"half":'))
    for (const { url, asked } of [silent, half]) {
      const calling = open(url).call('GET', 'api/inbox')
      calling.catch(() => {})
      await expect.poll(() => asked.length).toBe(1)
      clock.advance(10_000)
      await expect(calling).rejects.toMatchObject({ name: 'CenterError', code: 'EC_AGENT_UNREACHABLE', status: 0 })
    }
  })

  it('ends when the center is closed', async () => {
    const { url, asked } = await serve(() => {})
    const api = open(url)
    const calling = api.call('GET', 'api/inbox')
    await expect.poll(() => asked.length).toBe(1)
    api.close()
    await expect(calling).rejects.toMatchObject({ code: 'EC_AGENT_UNREACHABLE' })
    await expect(api.call('GET', 'api/inbox')).rejects.toMatchObject({ code: 'EC_AGENT_UNREACHABLE' })
    expect(asked).toHaveLength(1)
  })
})

describe('a refusal', () => {
  it('has the code, the next step and everything else that the agent said', async () => {
    const problem = { code: 'EC_CONFLICT', detail: 'answered already', hint: 'leave it', winner: { option: 'a' } }
    const { url } = await serve(json(problem, 409, { 'retry-after': '7' }))
    await expect(open(url).call('POST', 'api/x')).rejects.toMatchObject({
      code: 'EC_CONFLICT',
      status: 409,
      message: 'answered already',
      hint: 'leave it',
      problem,
      retryAfterMs: 7_000,
    })
  })

  it.each([
    ['a proxy', (_: unknown, answer: ServerResponse) => answer.writeHead(502).end('<h1>Bad gateway</h1>'), 502],
    ['a proxy that speaks JSON', json({ error: 'no' }, 503), 503],
    ['a page in the place of the agent', (_: unknown, answer: ServerResponse) => answer.end('<!doctype html>'), 200],
    [
      'a sign-in page elsewhere',
      (_: unknown, answer: ServerResponse) => answer.writeHead(302, { location: '/' }).end(),
      0,
    ],
  ])('of %s is an agent that cannot be reached', async (_what, answer, status) => {
    const { url } = await serve(answer)
    await expect(open(url).call('GET', 'api/x')).rejects.toMatchObject({ code: 'EC_AGENT_UNREACHABLE', status })
  })
})

describe('a token', () => {
  it('that is no longer taken is asked for once more, however many requests find that out', async () => {
    const { asked, url } = await serve(onlyFor('t2'))
    let given = 0
    const api = open(url, async () => `t${++given}`)
    const answers = await Promise.all([1, 2, 3].map(() => api.call('GET', 'api/inbox')))
    expect(answers).toEqual([{ fine: true }, { fine: true }, { fine: true }])
    expect(given).toBe(2)
    await api.call('GET', 'api/inbox')
    expect(given).toBe(2)
    expect(asked).toHaveLength(7)
  })

  it('that comes again as it was is not tried again', async () => {
    const { asked, url } = await serve(onlyFor('another'))
    await expect(open(url, () => 'same').call('GET', 'api/inbox')).rejects.toMatchObject({ status: 401 })
    await expect(open(url, 'fixed').call('GET', 'api/inbox')).rejects.toMatchObject({ status: 401 })
    expect(asked).toHaveLength(2)
  })

  it('that the page cannot get is no refusal of the agent', async () => {
    const { asked, url } = await serve(json({}))
    const api = open(url, () => Promise.reject(new Error('our server is away')))
    await expect(api.call('GET', 'api/inbox')).rejects.toMatchObject({ code: 'EC_AGENT_UNREACHABLE', status: 0 })
    expect(asked).toHaveLength(0)
  })
})

describe('the agent’s clock', () => {
  it('counts for deadlines when it differs from that of the page', async () => {
    let date = new Date(clock.now() + 3_600_000)
    const { url } = await serve((asked, answer) => json({}, 200, { date: date.toUTCString() })(asked, answer))
    const api = open(url)
    expect(api.now()).toBe(clock.now())
    await api.call('GET', 'api/inbox')
    expect(Math.abs(api.now() - date.getTime())).toBeLessThan(1_000)
    date = new Date(clock.now() + 1_000)
    await api.call('GET', 'api/inbox')
    expect(api.now()).toBe(clock.now())
  })
})
