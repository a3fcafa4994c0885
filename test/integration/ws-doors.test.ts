import { describe, expect, it } from 'vitest'
import { SignJWT } from 'jose'
import type { KeyScope } from '#ec/core/service-key.js'
import { FakeClock } from '../support/fake-clock.js'
import { openLiveAgent, type LiveAgent } from '../support/live-agent.js'
import { WsClient } from '../support/ws-client.js'

const ORIGIN = 'https://app.example'

async function tokenOf(agent: LiveAgent, userId: string, ttlMs = 3_600_000): Promise<string> {
  return (await agent.identity.issueToken(userId, ttlMs)).token
}

/** A browser that has opened a sign-in link. */
async function signIn(agent: LiveAgent, userId: string) {
  const { url } = await agent.sessions.invite(userId, 3_600_000)
  return agent.sessions.signIn(url.split('#in=')[1] ?? '', null)
}

async function keyWith(agent: LiveAgent, scopes: readonly KeyScope[]): Promise<string> {
  const input = { name: scopes.join(), scopes, types: [], users: [], maxLevel: null, callbackUrl: null }
  return (await agent.identity.keys.create(input)).secret
}

describe('the WebSocket door', () => {
  it('takes a token in the Authorization header', async () => {
    const agent = await openLiveAgent()
    const client = await agent.connect('ann')
    expect(await client.until(frame => frame.t === 'hello')).toMatchObject({ user: 'ann' })
  })

  it('takes a token beside the subprotocol, and echoes the protocol alone', async () => {
    const agent = await openLiveAgent()
    const client = new WsClient(agent.url, { protocols: ['ec.v1', `bearer.${await tokenOf(agent, 'ann')}`] })
    expect(await client.until(frame => frame.t === 'hello')).toMatchObject({ user: 'ann' })
    expect(client.ws.protocol).toBe('ec.v1')
  })

  it('takes a ticket once', async () => {
    const agent = await openLiveAgent()
    const { ticket } = agent.identity.issueTicket('ann')
    const client = new WsClient(`${agent.url}?ticket=${ticket}`)
    expect(await client.until(frame => frame.t === 'hello')).toMatchObject({ user: 'ann' })
    expect((await new WsClient(`${agent.url}?ticket=${ticket}`).refused).problem).toMatchObject({
      status: 401,
      code: 'EC_UNAUTHENTICATED',
    })
  })

  it('refuses a ticket after 30 seconds', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const { ticket } = agent.identity.issueTicket('ann')
    clock.advance(30_000)
    expect((await new WsClient(`${agent.url}?ticket=${ticket}`).refused).status).toBe(401)
  })

  it('takes the cookie from a page of ours, and of nobody else', async () => {
    const agent = await openLiveAgent()
    const cookie = `theme=dark; ec_session=${(await signIn(agent, 'ann')).secret}; x=y`
    const ours = new WsClient(agent.url, { headers: { cookie, origin: ORIGIN } })
    expect(await ours.until(frame => frame.t === 'hello')).toMatchObject({ user: 'ann' })
    const strangers = [
      { cookie, origin: 'https://evil.example' },
      { cookie, origin: 'null' },
      { cookie },
      { cookie, origin: ORIGIN, 'sec-fetch-site': 'cross-site' },
    ]
    for (const headers of strangers) {
      const { status, problem } = await new WsClient(agent.url, { headers }).refused
      expect({ status, code: problem['code'] }).toEqual({ status: 403, code: 'EC_ORIGIN_NOT_ALLOWED' })
    }
  })

  it('takes no token for a session, no session that has ended, and none of another user', async () => {
    const agent = await openLiveAgent()
    const { secret, session } = await signIn(agent, 'ann')
    const asks = async (value: string, query = '') => {
      const headers = { cookie: `ec_session=${value}`, origin: ORIGIN }
      return (await new WsClient(`${agent.url}${query}`, { headers }).refused).problem['code']
    }
    expect(await asks(secret, '?user=ben')).toBe('EC_FORBIDDEN')
    expect(await asks(`ecs_${'x'.repeat(43)}`)).toBe('EC_UNAUTHENTICATED')
    await agent.sessions.end('ann', session.id)
    expect(await asks(secret)).toBe('EC_UNAUTHENTICATED')
    // What is no session is as good as nothing: the first frame has to say who comes.
    const cookie = `ec_session=${await tokenOf(agent, 'ann')}`
    const unknown = await new WsClient(agent.url, { headers: { cookie, origin: ORIGIN } }).opened()
    unknown.send({ t: 'ack', seq: 1 })
    expect((await unknown.closed).code).toBe(4401)
  })

  it('closes with 4403 what is open in a browser that is signed out, and in no other', async () => {
    const agent = await openLiveAgent()
    const [one, two] = [await signIn(agent, 'ann'), await signIn(agent, 'ann')]
    const open = async ({ secret }: { secret: string }) => {
      const headers = { cookie: `ec_session=${secret}`, origin: ORIGIN }
      return (await new WsClient(agent.url, { headers }).opened()).live()
    }
    const { ticket } = agent.identity.issueTicket('ann', one.session.id)
    const byTicket = await new WsClient(`${agent.url}?ticket=${ticket}`).opened()
    await byTicket.live()
    const unused = agent.identity.issueTicket('ann', one.session.id).ticket
    const [first, second, byToken] = [await open(one), await open(two), await agent.connect('ann')]
    await byToken.live()

    await agent.sessions.end('ann', one.session.id)
    expect(await first.closed).toEqual({ code: 4403, reason: 'this browser was signed out' })
    expect((await byTicket.closed).code).toBe(4403)
    expect((await new WsClient(`${agent.url}?ticket=${unused}`).refused).status).toBe(401)
    await second.synced()
    await agent.sessions.end('ann', null)
    expect((await second.closed).code).toBe(4403)
    await byToken.synced()
    expect(byToken.ws.readyState).toBe(byToken.ws.OPEN)
  })

  it('closes at once what was let in by a session that ended meanwhile', async () => {
    const agent = await openLiveAgent()
    const { secret, session } = await signIn(agent, 'ann')
    const headers = { cookie: `ec_session=${secret}`, origin: ORIGIN }
    const client = new WsClient(agent.url, { headers })
    client.ws.once('upgrade', () => agent.backend.bus.publish('signedOut', { userId: 'ann', sessions: [session.id] }))
    expect((await client.closed).code).toBe(4403)
    const late = await new WsClient(agent.url, { headers }).opened()
    expect((await late.closed).code).toBe(4403)
  })

  it('lets a browser come back with its cursor after half a day, and shows its session again', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const { secret } = await signIn(agent, 'ann')
    const headers = { cookie: `ec_session=${secret}`, origin: ORIGIN }
    const client = await new WsClient(agent.url, { headers }).opened()
    await client.live()
    clock.jump(12 * 3600 * 1000)
    clock.advance(26_000)
    expect((await client.closed).code).toBe(4005)
  })

  it('takes the token in the first frame, and answers what comes right behind it after hello', async () => {
    const agent = await openLiveAgent({ distant: true })
    const { id } = await agent.emit('ann')
    const client = await new WsClient(agent.url).opened()
    client.send({ t: 'auth', token: await tokenOf(agent, 'ann') })
    client.send({ id: 1, t: 'read', ids: [id] })
    await client.until(frame => frame['id'] === 1 && frame['ok'] === true)
    expect(client.frames[0]).toMatchObject({ t: 'hello', user: 'ann' })
    expect((await agent.backend.store.getEvents(id))[0]?.readAt).not.toBeNull()
  })

  it('closes with 4400 after a wrong token in the first frame', async () => {
    const agent = await openLiveAgent()
    const client = await new WsClient(agent.url).opened()
    client.send({ t: 'auth', token: 'wrong' })
    expect((await client.closed).code).toBe(4400)
  })

  it('closes with 4401 after a first frame that says something else', async () => {
    const agent = await openLiveAgent()
    for (const first of ['{}', 'not JSON', '{"t":"ack","seq":1}']) {
      const client = await new WsClient(agent.url).opened()
      client.send(first)
      expect((await client.closed).code).toBe(4401)
    }
  })

  it('closes with 4402 whoever says nothing for 5 seconds', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const client = await new WsClient(agent.url).opened()
    clock.advance(4000)
    expect(client.ws.readyState).toBe(client.ws.OPEN)
    clock.advance(2000)
    expect((await client.closed).code).toBe(4402)
  })

  it('closes with 4404 beyond 20 connections of a user, and lets the next in when one has left', async () => {
    const agent = await openLiveAgent()
    const clients = await Promise.all(Array.from({ length: 20 }, () => agent.connect('ann')))
    await Promise.all(clients.map(client => client.live()))
    expect((await (await agent.connect('ann')).closed).code).toBe(4404)
    expect(agent.stream.clients()).toBe(20)
    await clients[0]?.close()
    await (await agent.connect('ann')).live()
    await (await agent.connect('bob')).live()
  })

  it('closes with 4005 when the token expires, unless another was shown in time', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const open = async () => {
      const headers = { authorization: `Bearer ${await tokenOf(agent, 'ann', 10_000)}` }
      return (await new WsClient(agent.url, { headers }).opened()).live()
    }
    const [careless, careful] = [await open(), await open()]
    careful.send({ id: 'again', t: 'auth', token: await tokenOf(agent, 'ann', 3_600_000) })
    await careful.until(frame => frame['id'] === 'again' && frame['ok'] === true)
    clock.advance(11_000)
    expect((await careless.closed).code).toBe(4005)
    expect(careful.ws.readyState).toBe(careful.ws.OPEN)
  })

  it('closes with 4400 whoever shows the token of another user later on', async () => {
    const agent = await openLiveAgent()
    const client = await (await agent.connect('ann')).live()
    client.send({ t: 'auth', token: await tokenOf(agent, 'bob') })
    expect((await client.closed).code).toBe(4400)
  })

  it('refuses tokens that are wrong, expired, or signed by somebody else, in HTTP', async () => {
    const clock = new FakeClock()
    const agent = await openLiveAgent({ clock })
    const expired = await tokenOf(agent, 'ann', 1000)
    clock.advance(2000)
    const foreign = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ann')
      .setIssuedAt(0)
      .setExpirationTime('10y')
      .setJti('x')
      .sign(Buffer.alloc(32, 1))
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${foreign.split('.')[1]}.`
    for (const token of [expired, foreign, unsigned, 'nonsense', `${foreign}x`]) {
      const { status, problem } = await new WsClient(agent.url, { headers: { authorization: `Bearer ${token}` } })
        .refused
      expect({ token, status, code: problem['code'] }).toEqual({ token, status: 401, code: 'EC_UNAUTHENTICATED' })
    }
  })

  it('tells a service key that it is no user', async () => {
    const agent = await openLiveAgent()
    const headers = { authorization: `Bearer ${await keyWith(agent, ['emit', 'read'])}` }
    const { status, problem } = await new WsClient(agent.url, { headers }).refused
    expect({ status, hint: problem['hint'] }).toEqual({ status: 403, hint: 'make a token with `ec token USER`' })
  })

  it('opens the stream of the user that an operator names', async () => {
    const agent = await openLiveAgent()
    const headers = { authorization: `Bearer ${await keyWith(agent, ['operate'])}` }
    const client = new WsClient(`${agent.url}?user=ann`, { headers })
    expect(await client.until(frame => frame.t === 'hello')).toMatchObject({ user: 'ann' })
    expect((await new WsClient(agent.url, { headers }).refused).problem).toMatchObject({ hint: 'add `?user=ID`' })
  })

  it('asks for no token on the operator’s socket, only for the user', async () => {
    const agent = await openLiveAgent({ door: 'socket' })
    const client = new WsClient(`${agent.url}?user=ann`, { headers: { host: 'anything' } })
    expect(await client.until(frame => frame.t === 'hello')).toMatchObject({ user: 'ann' })
    expect((await new WsClient(agent.url).refused).status).toBe(400)
  })

  it('asks for the secret of an operator’s pipe that the file system does not guard', async () => {
    const agent = await openLiveAgent({ door: 'socket', operatorSecret: 'letmein' })
    expect((await new WsClient(`${agent.url}?user=ann`).refused).status).toBe(401)
    const client = new WsClient(`${agent.url}?user=ann`, { headers: { authorization: 'Bearer letmein' } })
    expect(await client.until(frame => frame.t === 'hello')).toMatchObject({ user: 'ann' })
  })

  it('lets no user token open another user’s stream', async () => {
    const agent = await openLiveAgent()
    const headers = { authorization: `Bearer ${await tokenOf(agent, 'ann')}` }
    expect((await new WsClient(`${agent.url}?user=bob`, { headers }).refused).status).toBe(403)
  })

  it('refuses a Host that is not ours, another path, and a handshake that is none', async () => {
    const agent = await openLiveAgent()
    const rebound = await new WsClient(agent.url, { headers: { host: 'evil.example' } }).refused
    expect(rebound).toMatchObject({ status: 403, problem: { code: 'EC_HOST_NOT_ALLOWED' } })
    const elsewhere = await new WsClient(agent.url.replace('/ws', '/other')).refused
    expect(elsewhere).toMatchObject({ status: 404, problem: { code: 'EC_NOT_FOUND' } })
    const response = await fetchUpgrade(agent)
    expect(response).toMatch(/^HTTP\/1.1 400 [\s\S]*application\/problem\+json[\s\S]*EC_USAGE/)
  })

  it('limits failed attempts of an address, and nobody with a valid token', async () => {
    const agent = await openLiveAgent()
    const wrong = { headers: { authorization: 'Bearer wrong' } }
    for (let i = 0; i < 10; i++) expect((await new WsClient(agent.url, wrong).refused).status).toBe(401)
    expect((await new WsClient(agent.url, wrong).refused).status).toBe(429)
    expect((await new WsClient(agent.url).refused).status).toBe(429)
    await (await agent.connect('ann')).live()
  })

  it('lets nobody in while it drains', async () => {
    const agent = await openLiveAgent()
    await agent.stream.drain(100)
    const headers = { authorization: `Bearer ${await tokenOf(agent, 'ann')}` }
    expect((await new WsClient(agent.url, { headers }).refused).problem).toMatchObject({ code: 'EC_DRAINING' })
  })
})

/** An upgrade request without a key. */
async function fetchUpgrade(agent: LiveAgent): Promise<string> {
  const { connect } = await import('node:net')
  const token = await tokenOf(agent, 'ann')
  const socket = connect(agent.port, '127.0.0.1')
  const lines = [
    'GET /ws HTTP/1.1',
    'host: localhost',
    'upgrade: websocket',
    'connection: upgrade',
    `authorization: Bearer ${token}`,
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n`)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
