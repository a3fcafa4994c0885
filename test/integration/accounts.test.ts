import { createSystemClock } from '#ec/core/clock.js'
import { describe, expect, it } from 'vitest'
import { anAccount } from '../support/account-context.js'
import { browse, CLIENT_ID, openAccountWorld, type AccountWorld } from '../support/account-world.js'
import { openStandIn } from '../support/stand-in.js'
import { until } from '../support/until.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What went to the token endpoint after the sign-in. */
function refreshes({ sandbox }: AccountWorld): number {
  const entries = sandbox.control
    .log()
    .filter(({ kind, operation }) => kind === 'request' && operation === 'oauth.token')
  return entries.length - 1
}

describe('signing in', () => {
  it('asks for the least, with PKCE, and keeps who it was', async () => {
    const { api, signIn, store } = await openAccountWorld()
    const { url } = await api.begin({
      family: 'google',
      providers: ['google-calendar'],
      setup: true,
      clientId: null,
      redirectUri: 'http://127.0.0.1:1/',
      state: 'the state',
      challenge: 'the challenge',
      loginHint: 'ana@example.com',
    })
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      client_id: CLIENT_ID,
      redirect_uri: 'http://127.0.0.1:1/',
      response_type: 'code',
      scope: [
        'openid',
        'https://www.googleapis.com/auth/userinfo.email',
        'https://www.googleapis.com/auth/calendar.readonly',
      ].join(' '),
      state: 'the state',
      code_challenge: 'the challenge',
      code_challenge_method: 'S256',
      access_type: 'offline',
      prompt: 'consent',
      include_granted_scopes: 'true',
      login_hint: 'ana@example.com',
    })
    const account = await signIn()
    expect(account).toMatchObject({ userId: 'ana', address: 'ana@example.com', state: 'ok', family: 'google' })
    expect(await store.getAccount(account.id)).toEqual(account)
  })

  it('is the same account when the same person signs in again, and another one for somebody else', async () => {
    const { signIn, sandbox, api } = await openAccountWorld()
    sandbox.control.mutate({ do: 'account.add', email: 'ben@example.com' })
    const first = await signIn()
    sandbox.clock.advance(DAY_MS)
    const again = await signIn()
    expect(again).toMatchObject({ id: first.id, grantedAt: first.grantedAt + DAY_MS })
    const ben = await signIn({ address: 'ben@example.com' })
    const other = await signIn({ user: 'carla' })
    expect(new Set([first.id, ben.id, other.id]).size).toBe(3)
    expect((await api.list({ limit: 10 })).rows).toHaveLength(3)
  })

  it('names what the person left unticked, and keeps nothing then', async () => {
    const { signIn, api } = await openAccountWorld()
    const without = signIn({ allow: scopes => scopes.filter(scope => !scope.endsWith('gmail.readonly')) })
    await expect(without).rejects.toMatchObject({
      code: 'EC_SCOPE_MISSING',
      message: 'the consent does not cover this: read your mail',
    })
    expect((await api.list({ limit: 10 })).rows).toEqual([])
  })

  it('takes a code once', async () => {
    const { api } = await openAccountWorld()
    const common = { family: 'google', providers: ['gmail'], setup: false, redirectUri: 'http://127.0.0.1:1/' }
    const begun = await api.begin({ ...common, clientId: null, state: '', challenge: '', loginHint: null })
    const input = { ...common, userId: 'ana', clientId: null, clientSecret: null, verifier: 'v'.repeat(43) }
    const code = await browse(new URL(begun.url))
    await api.finish({ ...input, code })
    await expect(api.finish({ ...input, code })).rejects.toMatchObject({ code: 'EC_CONSENT_REFUSED' })
  })

  it('says what to do without an OAuth client', async () => {
    const { chooseClient } = await import('#ec/agent/accounts/oauth-client.js')
    expect(() => chooseClient({ id: null, secret: null }, null, [])).toThrow('there is no OAuth client to sign in with')
    const configured = { id: 'one', secret: 'its secret' }
    expect(chooseClient({ id: 'two', secret: null }, configured, [])).toEqual({ id: 'two', secret: null })
    expect(chooseClient({ id: 'one', secret: null }, configured, [])).toEqual(configured)
    const known = [{ id: 'two', secret: 'of two' }]
    expect(chooseClient({ id: null, secret: null }, null, known)).toEqual(known[0])
    expect(chooseClient({ id: 'two', secret: null }, configured, known)).toEqual(known[0])
    expect(chooseClient({ id: null, secret: null }, configured, known)).toEqual(configured)
  })
})

describe('a request of an account', () => {
  it('is signed in, and refreshed ahead of its end, once for all who wait', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    expect(await world.profile(account)).toBe(200)
    expect(refreshes(world)).toBe(0)
    world.sandbox.clock.advance(HOUR_MS - 30_000)
    expect(await Promise.all(Array.from({ length: 8 }, () => world.profile(account)))).toEqual(Array(8).fill(200))
    expect(refreshes(world)).toBe(1)
    expect(world.calls.filter(({ status }) => status === 401)).toEqual([])
    expect(world.calls.filter(({ cause }) => cause === 'auth').map(({ operation }) => operation)).toEqual([
      'oauth.token',
      'userinfo.get',
      'oauth.token',
    ])
  })

  it('gets another token when the service refuses the one it has, and comes once more', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    // The clock of the service goes on and ours does not: our token seems good for an hour yet.
    await world.sandbox.control.advance(HOUR_MS)
    expect(await world.profile(account)).toBe(200)
    expect(refreshes(world)).toBe(1)
    const own = world.calls.filter(({ provider }) => provider === 'gmail')
    expect(own.map(({ status, cause, account: who }) => [status, cause, who])).toEqual([
      [401, 'polling', account.id],
      [200, 'polling', account.id],
    ])
  })

  it('gives the refusal back when a new token does not help', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    world.sandbox.control.fault({ on: 'request', kind: 'status', status: 401, match: { path: '/profile' } })
    expect(await world.profile(account)).toBe(401)
    expect(refreshes(world)).toBe(1)
    expect(await world.store.getAccount(account.id)).toMatchObject({ state: 'ok' })
  })

  it.each([HOUR_MS, -HOUR_MS])('does not mind a clock that jumps by %d ms', async byMs => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    world.sandbox.clock.jump(byMs)
    for (let n = 0; n < 4; n++) {
      expect(await world.profile(account)).toBe(200)
      world.sandbox.clock.advance(HOUR_MS / 2)
    }
  })

  it('is told of a service that fails, and tries again later', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    world.sandbox.clock.advance(HOUR_MS)
    world.sandbox.control.fault({ on: 'request', kind: 'status', match: { path: '/token' }, times: 1 })
    await expect(world.profile(account)).rejects.toMatchObject({ code: 'EC_PROVIDER' })
    expect(await world.store.getAccount(account.id)).toMatchObject({ state: 'ok' })
    expect(await world.profile(account)).toBe(200)
  })
})

describe('processes that refresh at once', () => {
  it('never lose a refresh token that was exchanged for another', async () => {
    // Tokens that are as good as worn when they come, so that every request asks for another.
    const manners = { rotate_refresh_tokens: true, access_token_life_s: 59 }
    const world = await openAccountWorld({ manners, ownClock: createSystemClock() })
    const account = await world.signIn()
    const url = `${world.sandbox.urls.google}/gmail/v1/users/me/profile`
    for (let round = 0; round < 4; round++) {
      const signal = new AbortController().signal
      const stages = [world.accounts, world.again(), world.again()]
      const statuses = await Promise.all(
        stages.map(async stage => {
          const ctx = await stage.contextFor(account.id, { provider: 'gmail', cause: 'polling', signal })
          return (await ctx.fetchFor('getProfile')(url)).status
        }),
      )
      expect(statuses).toEqual([200, 200, 200])
    }
    expect(await world.store.getAccount(account.id)).toMatchObject({ state: 'ok' })
    expect(world.alerts).toEqual([])
    expect(refreshes(world)).toBeGreaterThanOrEqual(12)
  })

  it('does not wait for one that died while it did so', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    const text = String(await world.store.getCredential(`account:${account.id}`))
    const lease = { by: 'a process that was killed', until: world.sandbox.clock.now() + 40_000 }
    await world.store.putCredential(`account:${account.id}`, JSON.stringify({ ...JSON.parse(text), lease }), text)
    world.sandbox.clock.advance(HOUR_MS)
    expect(await world.profile(account)).toBe(200)
  })
})

describe('a consent that has ended', () => {
  it('stops everything, tells the owner once, and is healed by signing in again', async () => {
    const world = await openAccountWorld()
    const { sandbox, store, alerts } = world
    const account = await world.signIn()
    sandbox.control.mutate({ do: 'grant.revoke' })
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => world.profile(account)))
    for (const one of tries) expect(one).toMatchObject({ reason: { code: 'EC_ACCOUNT_SIGNED_OUT' } })
    expect(await store.getAccount(account.id)).toMatchObject({
      state: 'action_required',
      reason: 'EC_ACCOUNT_SIGNED_OUT',
    })

    const before = world.calls.length
    await expect(world.profile(account)).rejects.toMatchObject({ code: 'EC_ACCOUNT_SIGNED_OUT' })
    expect(world.calls).toHaveLength(before)
    expect(alerts).toMatchObject([
      { user_id: 'ana', type: 'system.alert', title: 'Google no longer lets us in as ana@example.com' },
    ])
    expect(alerts[0]?.body).toContain('ec setup google')

    sandbox.clock.advance(DAY_MS)
    const healed = await world.signIn()
    expect(healed).toMatchObject({ id: account.id, state: 'ok', reason: null })
    expect(await world.profile(account)).toBe(200)
    sandbox.clock.advance(DAY_MS)
    sandbox.control.mutate({ do: 'grant.revoke' })
    await expect(world.profile(account)).rejects.toMatchObject({ code: 'EC_ACCOUNT_SIGNED_OUT' })
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(2)
  })

  it('names the seven days of an app in testing, and only then', async () => {
    const world = await openAccountWorld({ manners: { testing_mode: true } })
    const account = await world.signIn()
    world.sandbox.clock.advance(7 * DAY_MS)
    await expect(world.profile(account)).rejects.toMatchObject({
      code: 'EC_ACCOUNT_SIGNED_OUT',
      details: { testing: true },
    })
    expect(world.alerts[0]?.body).toContain('seven days after it was given')
    expect(world.alerts[0]?.body).toContain('https://console.cloud.google.com/auth/audience')
  })

  it('is not taken for one when the person has signed in meanwhile', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    world.sandbox.control.mutate({ do: 'grant.revoke' })
    world.sandbox.control.fault({ on: 'request', kind: 'delay', match: { path: '/token' }, times: 1 })
    const waiting = world.profile(account)
    await until(
      () => world.sandbox.control.faults.list(),
      faults => faults.length === 0,
    )
    await world.signIn()
    await world.sandbox.control.advance(1_000)
    expect(await waiting).toBe(200)
    expect(world.alerts).toEqual([])
    expect(await world.store.getAccount(account.id)).toMatchObject({ state: 'ok' })
  })
})

describe('a token', () => {
  it('goes to no host but the service, this machine and what was allowed', async () => {
    const world = await openAccountWorld({ allowEndpoints: ['https://proxy.example.org'] })
    const ctx = await world.context(await world.signIn())
    const before = world.calls.length
    for (const url of [
      'https://evil.example.com/gmail/v1/users/me/profile',
      'https://www.googleapis.com.evil.example/x',
      'http://www.googleapis.com/x',
      'https://www.googleapis.com:8443/x',
      'http://proxy.example.org/x',
    ]) {
      await expect(ctx.fetchFor('x')(url)).rejects.toMatchObject({ code: 'EC_ENDPOINT_FORBIDDEN' })
    }
    expect(world.calls).toHaveLength(before)
  })

  it('is not taken along where a redirect leads', async () => {
    const seen: string[] = []
    const other = await openStandIn((request, response) => {
      seen.push(String(request.headers['authorization']))
      response.end('{}')
    })
    const server = await openStandIn((_request, response) => response.writeHead(302, { location: other.url }).end())
    const world = await openAccountWorld()
    const ctx = await world.context(await world.signIn())
    await expect(ctx.fetchFor('x')(server.url)).rejects.toMatchObject({ code: 'EC_ENDPOINT_FORBIDDEN' })
    expect(seen).toEqual([])
  })

  it('is not sent to a token endpoint of elsewhere', async () => {
    const world = await openAccountWorld({ endpoints: { googleTokenUrl: 'https://evil.example.com/token' } })
    await expect(world.signIn()).rejects.toMatchObject({ code: 'EC_ENDPOINT_FORBIDDEN' })
  })

  it('stands in no log, no error and no answer', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    world.sandbox.clock.advance(HOUR_MS)
    await world.profile(account)
    world.sandbox.control.mutate({ do: 'grant.revoke' })
    const error: unknown = await world.profile(account).catch((thrown: unknown) => thrown)
    const secrets = await world.store.getCredential(`account:${account.id}`)
    const tokens = String(secrets).match(/(?:ya29\.|1\/\/)[\w.-]+/g) ?? []
    expect(tokens.length).toBeGreaterThanOrEqual(2)
    const told = JSON.stringify([
      world.log.lines,
      world.alerts,
      world.calls,
      account,
      await world.api.list({ limit: 9 }),
    ])
    const { inspect } = await import('node:util')
    for (const token of [...tokens, 'the client secret']) {
      expect(told).not.toContain(token)
      expect(inspect(error, { depth: 9 })).not.toContain(token)
    }
  })
})

describe('removing an account', () => {
  it('ends the consent and takes its resources along', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    const resource = await world.store.addResource({
      id: '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
      provider: 'gmail',
      userId: 'ana',
      name: 'Mail',
      settings: {},
      secrets: [],
      createdAt: 0,
      source: { accountId: account.id, target: 'ana@example.com' },
    })
    const text = await world.store.getCredential(`account:${account.id}`)
    expect(await world.api.remove(account.id)).toEqual({ revoked: true })
    expect(world.stopped).toEqual([resource.id])
    expect(await world.store.getAccount(account.id)).toBeNull()
    expect(await world.store.getResource(resource.id)).toBeNull()
    expect(await world.store.getCredential(`account:${account.id}`)).toBeNull()
    const { tokens } = JSON.parse(String(text))
    const { status } = await world.sandbox.call('GET', '/gmail/v1/users/me/profile', undefined, {
      authorization: `Bearer ${tokens.accessToken}`,
    })
    expect(status).toBe(401)
  })

  it('leaves the consent of the same person for another user of ours', async () => {
    const world = await openAccountWorld()
    const ana = await world.signIn()
    const carla = await world.signIn({ user: 'carla' })
    await world.api.remove(ana.id)
    expect(await world.profile(carla)).toBe(200)
  })

  it('says when the service could not be told', async () => {
    const world = await openAccountWorld()
    const account = await world.signIn()
    world.sandbox.control.fault({ on: 'request', kind: 'status', status: 500, match: { path: '/revoke' } })
    expect(await world.api.remove(account.id)).toEqual({ revoked: false })
    expect(await world.store.getAccount(account.id)).toBeNull()
  })
})

it('knows no account of another id', async () => {
  const { context } = await openAccountWorld()
  await expect(context(anAccount())).rejects.toMatchObject({ code: 'EC_NOT_FOUND' })
})
