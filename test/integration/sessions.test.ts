import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { openAgent, type TestAgent } from '../support/agent.js'
import { ask, cookieOf, ownPage, secretOf, type Answered } from '../support/page.js'
import { SseClient } from '../support/sse-client.js'
import { WsClient } from '../support/ws-client.js'

async function linkFor(agent: TestAgent, user: string): Promise<string> {
  const { url } = await agent.client.sessions.link(user)
  expect(url.startsWith(`${agent.url}/inbox#in=`)).toBe(true)
  return secretOf(url)
}

function signInBy(agent: TestAgent, link: string): Promise<Answered> {
  return ask(`${agent.url}/api/session`, { method: 'POST', headers: { origin: agent.url }, json: { link } })
}

async function signIn(agent: TestAgent, user: string): Promise<string> {
  const answer = await signInBy(agent, await linkFor(agent, user))
  expect(answer).toMatchObject({ status: 200, body: { user } })
  return cookieOf(answer)
}

function openSocket(agent: TestAgent, cookie: string, origin = agent.url): WsClient {
  return new WsClient(`${agent.url.replace('http', 'ws')}/ws`, { headers: { cookie, origin } })
}

function openStream(agent: TestAgent, headers: Readonly<Record<string, string>>): Promise<SseClient> {
  return SseClient.open(`${agent.url}/api/events/stream`, undefined, { 'sec-fetch-site': 'same-origin', ...headers })
}

function isLive({ event }: { readonly event: string }): boolean {
  return event === 'live'
}

function whoAmI(agent: TestAgent, cookie: string): Promise<Answered> {
  return ask(`${agent.url}/api/session`, { headers: { cookie } })
}

describe('a sign-in link', () => {
  it('lets one of fifty in who come at once, and nobody after a restart', async () => {
    const agent = await openAgent()
    const link = await linkFor(agent, 'ann')
    const answers = await Promise.all(Array.from({ length: 50 }, () => signInBy(agent, link)))
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    // Whoever came too late is told so, or that he came too often.
    for (const { status } of answers.filter(answer => !winners.includes(answer))) expect([410, 429]).toContain(status)
    const cookie = cookieOf(winners[0]!)
    const unused = await linkFor(agent, 'ann')
    await agent.stop()

    const again = await openAgent({}, null, agent.home)
    expect(await signInBy(again, link)).toMatchObject({ status: 410, body: { code: 'EC_LINK_USED' } })
    expect((await whoAmI(again, cookie)).body).toMatchObject({ user: 'ann' })
    expect((await signInBy(again, unused)).status).toBe(200)
  })

  it('leads to the public URL when people reach the pages and the API there, else to this machine', async () => {
    const url = 'https://ec.example.org'
    const open = { ...DEFAULT_CONFIG.public, port: 0, expose: ['ws', 'api', 'pages'] as const }
    const shown = await openAgent({ public: open }, url)
    expect((await shown.client.sessions.link('ann')).url).toMatch(/^https:\/\/ec\.example\.org\/inbox#in=ecl_/)
    expect((await shown.client.status()).inbox).toBe(`${url}/inbox`)
    for (const expose of [['ws', 'api'], ['pages']] as const) {
      const hidden = await openAgent({ public: { ...open, expose } }, url)
      expect((await hidden.client.status()).inbox).toBe(`${hidden.url}/inbox`)
    }
  })
})

describe('what is open in a browser', () => {
  it('is a live stream of its user, by WebSocket and by server-sent events', async () => {
    const agent = await openAgent()
    const cookie = await signIn(agent, 'ann')
    const [socket, stream] = [openSocket(agent, cookie), await openStream(agent, { cookie })]
    await socket.live()
    await stream.until(isLive)
    await agent.client.emit({ user_id: 'ann', type: 'task.created', title: 'Seen', body: '' })
    expect((await socket.events(1))[0]?.ev?.title).toBe('Seen')
    await stream.until(({ data }) => data.ev?.title === 'Seen')
  })

  it('closes within moments when that browser signs out, and nowhere else', async () => {
    const agent = await openAgent()
    const [here, there] = [await signIn(agent, 'ann'), await signIn(agent, 'ann')]
    const [socket, other] = [openSocket(agent, here), openSocket(agent, there)]
    const stream = await openStream(agent, { cookie: here })
    await socket.live()
    await stream.until(isLive)
    await other.live()
    const headers = ownPage(agent.url, here)
    expect((await ask(`${agent.url}/api/session`, { method: 'DELETE', headers })).status).toBe(204)
    expect((await socket.closed).code).toBe(4403)
    await stream.ended
    await other.synced()
    expect(other.ws.readyState).toBe(other.ws.OPEN)
    expect((await openSocket(agent, here).refused).status).toBe(401)
    expect((await openStream(agent, { cookie: here })).response.statusCode).toBe(401)
  })

  it('is no stream for longer than the token that opened it', async () => {
    const agent = await openAgent()
    const { token } = await agent.client.tokens.create('ann', 1_000)
    const stream = await openStream(agent, { authorization: `Bearer ${token}` })
    await stream.until(isLive)
    await stream.ended
  })

  it('closes when the person signs out everywhere, when the operator says so, and with the user', async () => {
    const agent = await openAgent()
    const ways: readonly ((cookie: string) => Promise<unknown>)[] = [
      cookie =>
        ask(`${agent.url}/api/session?everywhere=true`, { method: 'DELETE', headers: ownPage(agent.url, cookie) }),
      () => agent.client.sessions.endAll('ann'),
      () => agent.client.users.erase('ann'),
    ]
    for (const end of ways) {
      const cookies = [await signIn(agent, 'ann'), await signIn(agent, 'ann')]
      const sockets = cookies.map(cookie => openSocket(agent, cookie))
      const streams = await Promise.all(cookies.map(cookie => openStream(agent, { cookie })))
      for (const socket of sockets) await socket.live()
      for (const stream of streams) await stream.until(isLive)
      await end(cookies[0] ?? '')
      for (const socket of sockets) expect((await socket.closed).code).toBe(4403)
      for (const stream of streams) await stream.ended
      for (const cookie of cookies) expect((await whoAmI(agent, cookie)).status).toBe(401)
    }
  })

  it('closes with the backup that takes the place of the store, and signs in anew', async () => {
    const agent = await openAgent()
    const cookie = await signIn(agent, 'ann')
    const unused = await linkFor(agent, 'ann')
    const socket = await openSocket(agent, cookie).opened()
    const file = join(agent.home.dataDir, 'copy.db')
    await agent.client.backup(file)
    await agent.client.restore(file)
    expect((await socket.closed).code).toBe(4010)
    expect((await whoAmI(agent, cookie)).status).toBe(401)
    expect((await signInBy(agent, unused)).status).toBe(404)
    expect((await whoAmI(agent, await signIn(agent, 'ann'))).body.user).toBe('ann')
  })
})

describe('a page of another origin, with the cookie of a person', () => {
  const FOREIGN = ['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://127.0.0.1.evil.example'] as const

  it('can neither connect, nor read, nor answer', async () => {
    const agent = await openAgent()
    const cookie = await signIn(agent, 'ann')
    const options = [{ id: 'yes', label: 'Yes' }]
    const asked = { user_id: 'ann', type: 'action.required', title: 'May I?', body: '', data: { options } }
    const { id } = await agent.client.emit(asked)
    const foreign = [...FOREIGN, agent.url.replace('http:', 'https:'), agent.url.replace('127.0.0.1', 'localhost')]
    for (const origin of foreign) {
      const headers = { cookie, origin, 'x-ec-page': '1' }
      expect(await openSocket(agent, cookie, origin).refused).toMatchObject({ status: 403 })
      const stream = await SseClient.open(`${agent.url}/api/events/stream`, undefined, headers)
      expect(stream.response.statusCode).toBe(403)
      const read = await ask(`${agent.url}/api/events`, { headers })
      expect(read).toMatchObject({ status: 403, body: { code: 'EC_ORIGIN_NOT_ALLOWED' } })
      expect(read.text).not.toContain('May I?')
      const answer = await ask(`${agent.url}/api/questions/${id}/answer`, {
        method: 'POST',
        headers,
        json: { option: 'yes' },
      })
      expect(answer.status).toBe(403)
    }
    expect((await agent.client.questions.get(id)).state).toBe('open')
    const headers = ownPage(agent.url, cookie)
    const own = { method: 'POST', headers, json: { option: 'yes' } }
    expect((await ask(`${agent.url}/api/questions/${id}/answer`, own)).status).toBe(200)
  })

  it('can send what a device may send, and the cookie is not looked at for it', async () => {
    const agent = await openAgent()
    const headers = { cookie: await signIn(agent, 'ann'), origin: 'https://evil.example', 'content-type': 'text/plain' }
    const json = { device: 'dev_1', secret: 's', event: 'evt_1', what: 'shown' }
    const answer = await ask(`${agent.url}/api/push/receipt`, { method: 'POST', headers, json })
    expect(answer).toMatchObject({ status: 403, body: { code: 'EC_FORBIDDEN' } })
  })

  it('can connect, read and answer with a token, where the operator named its origin', async () => {
    const origin = 'https://app.example'
    const agent = await openAgent({ http: { ...DEFAULT_CONFIG.http, origins: [origin] } })
    const { token } = await agent.client.tokens.create('ann')
    const headers = { origin, authorization: `Bearer ${token}`, 'sec-fetch-site': 'cross-site' }
    const read = await ask(`${agent.url}/api/session`, { headers })
    expect(read).toMatchObject({ status: 200, body: { user: 'ann', name: null } })
    expect(read.headers['access-control-allow-origin']).toBe(origin)
    expect(read.headers['set-cookie']).toBeUndefined()
    const stream = await openStream(agent, headers)
    await stream.until(isLive)
    expect(stream.response.headers['access-control-allow-origin']).toBe(origin)
    const socket = new WsClient(`${agent.url.replace('http', 'ws')}/ws`, {
      protocols: ['ec.v1', `bearer.${token}`],
      headers: { origin },
    })
    await socket.live()
  })

  it('can load the module of the notification center', async () => {
    const agent = await openAgent()
    const { status, headers } = await ask(`${agent.url}/client.js`, { headers: { origin: 'https://evil.example' } })
    expect([status, headers['access-control-allow-origin']]).toEqual([200, '*'])
  })
})
