import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createIdentity, type Identity } from '#ec/agent/identity/identity.js'
import { createTickets } from '#ec/agent/identity/tickets.js'
import { createIds } from '#ec/core/ids.js'
import type { Principal } from '#ec/core/principal.js'
import type { KeyScope } from '#ec/core/service-key.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { openTestBackend } from '../../../support/test-backend.js'

function input(name: string, scopes: readonly KeyScope[] = ['emit']) {
  return { name, scopes, types: [], users: [], maxLevel: null, callbackUrl: null }
}

async function open() {
  const clock = new FakeClock()
  const backend = await openTestBackend(clock)
  let looks = 0
  const store = {
    ...backend.store,
    findKey: async (hash: string) => {
      looks += 1
      return backend.store.findKey(hash)
    },
  }
  const make = () => createIdentity({ store, bus: backend.bus, clock, ids: createIds(clock, randomBytes), randomBytes })
  return { clock, backend, identity: make(), another: make, looks: () => looks }
}

/** Whom a bearer stands for. */
async function who(identity: Identity, bearer: string): Promise<Principal | null> {
  return (await identity.verify(bearer))?.principal ?? null
}

describe('service keys', () => {
  it('are told once and kept as their SHA-256 alone', async () => {
    const { identity, backend } = await open()
    const { key, secret } = await identity.keys.create(input('ci'))
    expect(secret).toMatch(/^eck_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/)
    expect(secret).toContain(key.id.replaceAll(/^key_|-/g, ''))
    expect(JSON.stringify(await identity.keys.list({ limit: 10 }))).not.toContain(secret)
    expect(await backend.store.findKey(createHash('sha256').update(secret).digest('hex'))).toEqual(key)
  })

  it('stand for their service; with `operate`, for the operator', async () => {
    const { identity } = await open()
    const { key, secret } = await identity.keys.create(input('ci'))
    expect(await who(identity, secret)).toEqual({ kind: 'service', key })
    const remote = await identity.keys.create(input('remote', ['operate', 'emit']))
    expect(await who(identity, remote.secret)).toEqual({ kind: 'operator', by: 'remote' })
  })

  it('are looked up once while they are used, and again after a minute', async () => {
    const { identity, clock, looks } = await open()
    const { secret } = await identity.keys.create(input('ci'))
    for (let i = 0; i < 5; i++) await who(identity, secret)
    expect(looks()).toBe(1)
    clock.advance(60_000)
    await who(identity, secret)
    expect(looks()).toBe(2)
  })

  it('stop working at once when they are revoked, here and in other processes', async () => {
    const { identity, another } = await open()
    const elsewhere = another()
    const { key, secret } = await identity.keys.create(input('ci'))
    expect(await who(elsewhere, secret)).not.toBeNull()
    expect(await who(identity, secret)).not.toBeNull()
    await identity.keys.revoke(key.id)
    expect(await who(identity, secret)).toBeNull()
    expect(await who(elsewhere, secret)).toBeNull()
    await expect(identity.keys.revoke(key.id)).rejects.toMatchObject({ code: 'EC_NOT_FOUND' })
  })

  it('are refused a name that is taken, and fields that make no sense', async () => {
    const { identity } = await open()
    await identity.keys.create(input('ci'))
    await expect(identity.keys.create(input('ci'))).rejects.toMatchObject({ code: 'EC_CONFLICT' })
    for (const wrong of [
      { name: '' },
      { scopes: [] },
      { types: ['task*'] },
      { callbackUrl: 'ftp://example.com' },
      { callbackUrl: 'javascript:alert(1)' },
    ]) {
      await expect(identity.keys.create({ ...input('x'), ...wrong })).rejects.toMatchObject({
        code: 'EC_FIELD_INVALID',
      })
    }
  })

  it('are not even looked for when they have another form', async () => {
    const { identity, looks } = await open()
    for (const bearer of ['', 'eck_', 'eck_short', `eck_${'0'.repeat(32)}_${'x'.repeat(42)}`, 'é'.repeat(80)]) {
      expect(await who(identity, bearer)).toBeNull()
    }
    expect(looks()).toBe(0)
    expect(await who(identity, `eck_${'0'.repeat(32)}_${'x'.repeat(43)}`)).toBeNull()
    expect(looks()).toBe(1)
  })
})

describe('user tokens', () => {
  it('stand for their user until they expire, by the clock that is given', async () => {
    const { identity, clock } = await open()
    const { token, expiresAt } = await identity.issueToken('ann', 60_000)
    expect(token).toMatch(/^[A-Za-z0-9._-]+$/)
    expect(expiresAt).toBe(clock.now() + 60_000)
    expect(await identity.verify(token)).toEqual({ principal: { kind: 'user', userId: 'ann' }, expiresAt })
    clock.advance(59_999)
    expect(await who(identity, token)).toEqual({ kind: 'user', userId: 'ann' })
    clock.advance(1)
    expect(await who(identity, token)).toBeNull()
  })

  it('carry subject, times and an id of their own, and nothing else', async () => {
    const { identity } = await open()
    const { token } = await identity.issueToken('ann', 60_000)
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toEqual({ sub: 'ann', iat: 1767603600, exp: 1767603660, jti: expect.any(String) })
  })

  it('are known to every process that shares the store, whoever made the key first', async () => {
    const { identity, another } = await open()
    const [one, two] = [identity, another()]
    const [a, b] = await Promise.all([one.issueToken('ann', 60_000), two.issueToken('bob', 60_000)])
    expect(await who(two, a.token)).toEqual({ kind: 'user', userId: 'ann' })
    expect(await who(one, b.token)).toEqual({ kind: 'user', userId: 'bob' })
  })

  it('are void when a single character was changed', async () => {
    const { identity } = await open()
    const { token } = await identity.issueToken('ann', 60_000)
    // The last character of a part may carry bits that decode to nothing.
    for (let i = 0; i < token.length - 1; i += 7) {
      if (token[i] === '.' || token[i + 1] === '.') continue
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1)
      expect(await who(identity, changed)).toBeNull()
    }
  })

  it('are void after the store was restored to one with another key', async () => {
    const { identity, backend } = await open()
    const { token } = await identity.issueToken('ann', 60_000)
    const old = await backend.store.getCredential('user-token-key')
    await backend.store.putCredential('user-token-key', randomBytes(32).toString('base64url'), old)
    expect(await who(identity, token)).not.toBeNull()
    backend.bus.publish('restored', { epoch: 'new' })
    expect(await who(identity, token)).toBeNull()
  })

  it('are made for a sensible user and time only', async () => {
    const { identity } = await open()
    for (const [user, ttl] of [
      ['', 60_000],
      ['a b', 60_000],
      ['ann', 0],
      ['ann', 1e12],
      ['ann', Number.NaN],
    ] as const) {
      await expect(identity.issueToken(user, ttl)).rejects.toMatchObject({ code: 'EC_FIELD_INVALID' })
    }
  })
})

describe('tickets', () => {
  it('open one session, once, within 30 seconds', () => {
    const clock = new FakeClock()
    const tickets = createTickets({ clock, randomBytes })
    const { ticket, expiresInMs } = tickets.issue('ann')
    expect(expiresInMs).toBe(30_000)
    clock.advance(29_999)
    expect(tickets.redeem(ticket)).toMatchObject({ userId: 'ann' })
    expect(tickets.redeem(ticket)).toBeNull()
    const late = tickets.issue('ann').ticket
    clock.advance(30_000)
    expect(tickets.redeem(late)).toBeNull()
  })

  it('are not touched by a wall clock that jumps', () => {
    const clock = new FakeClock()
    const tickets = createTickets({ clock, randomBytes })
    const { ticket } = tickets.issue('ann')
    clock.jump(3 * 3600 * 1000)
    expect(tickets.redeem(ticket)).not.toBeNull()
  })

  it('cost a bounded amount of memory: the oldest goes first', () => {
    const tickets = createTickets({ clock: new FakeClock(), randomBytes })
    const first = tickets.issue('ann').ticket
    const rest = Array.from({ length: 10_000 }, () => tickets.issue('ann').ticket)
    expect(tickets.redeem(first)).toBeNull()
    expect(tickets.redeem(rest[0] ?? '')).not.toBeNull()
  })
})
