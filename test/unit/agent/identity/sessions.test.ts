import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSessions } from '#ec/agent/identity/sessions.js'
import type { Backend } from '#ec/backends/backend.js'
import { EcError } from '#ec/core/errors.js'
import { createIds } from '#ec/core/ids.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { openTestBackend } from '../../../support/test-backend.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

async function open(over: (store: Backend['store']) => Partial<Backend['store']> = () => ({})) {
  const clock = new FakeClock()
  const { store, bus } = await openTestBackend(clock)
  const counts = { looks: 0, writes: 0 }
  const watched = {
    ...store,
    findSession: (hash: string) => ((counts.looks += 1), store.findSession(hash)),
    extendSession: (...args: Parameters<typeof store.extendSession>) => (
      (counts.writes += 1),
      store.extendSession(...args)
    ),
    ...over(store),
  }
  const ids = createIds(clock, randomBytes)
  const make = () => createSessions({ store: watched, bus, clock, ids, randomBytes, inboxUrl })
  const sessions = make()

  async function signIn(userId = 'ann', previous: string | null = null) {
    return sessions.signIn(await linkFor(userId), previous)
  }

  async function linkFor(userId: string, ttlMs = HOUR): Promise<string> {
    return (await sessions.invite(userId, ttlMs)).url.split('#in=')[1] ?? ''
  }

  return { clock, store, bus, sessions, another: make, counts, signIn, linkFor }
}

function inboxUrl(): string {
  return 'https://ec.example/inbox'
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof EcError ? [error.code, error.status] : error),
  )
}

describe('sign-in links', () => {
  it('lead to the inbox, with a secret behind the #, which is kept as its SHA-256 alone', async () => {
    const { sessions, clock, store } = await open()
    const { url, expiresAt } = await sessions.invite('ann', HOUR)
    expect(url).toMatch(/^https:\/\/ec\.example\/inbox#in=ecl_[A-Za-z0-9_-]{43}$/)
    expect(expiresAt).toBe(clock.now() + HOUR)
    const hash = createHash('sha256')
      .update(url.split('#in=')[1] ?? '')
      .digest('hex')
    const opened = await store.redeemSignInLink(hash, { id: 'sgn_1', hash: 'h', at: clock.now(), expiresAt }, 50)
    expect(opened.outcome).toBe('opened')
  })

  it('open one session, and say then what became of them', async () => {
    const { sessions, clock, linkFor } = await open()
    const link = await linkFor('ann')
    const { session, secret } = await sessions.signIn(link, null)
    expect(secret).toMatch(/^ecs_[A-Za-z0-9_-]{43}$/)
    expect(session).toMatchObject({ userId: 'ann', expiresAt: clock.now() + 30 * DAY })
    expect(await codeOf(sessions.signIn(link, null))).toEqual(['EC_LINK_USED', 410])
    const late = await linkFor('ann')
    clock.advance(HOUR)
    expect(await codeOf(sessions.signIn(late, null))).toEqual(['EC_LINK_EXPIRED', 410])
    for (const nonsense of ['', 'ecl_', `ecl_${'x'.repeat(43)}`, secret, `${link} `]) {
      expect(await codeOf(sessions.signIn(nonsense, null))).toEqual(['EC_LINK_UNKNOWN', 404])
    }
  })

  it('are made for a user and a time that can be', async () => {
    const { sessions } = await open()
    for (const [user, ttl] of [
      ['', HOUR],
      ['a b', HOUR],
      ['ann', 999],
      ['ann', 7 * DAY + 1],
      ['ann', Number.NaN],
    ] as const) {
      expect(await codeOf(sessions.invite(user, ttl))).toEqual(['EC_FIELD_INVALID', 422])
    }
  })
})

describe('a session', () => {
  it('is known by its secret alone', async () => {
    const { sessions, signIn } = await open()
    const { secret, session } = await signIn()
    expect(await sessions.verify(secret)).toEqual({ session, extended: false })
    for (const wrong of ['', 'ecs_', `ecs_${'x'.repeat(43)}`, secret.slice(0, -1), `${secret}x`]) {
      expect(await sessions.verify(wrong)).toBeNull()
    }
  })

  it('is extended by use, written down once a day, and ends after 30 days without', async () => {
    const { sessions, clock, counts, signIn } = await open()
    const { secret, session } = await signIn()
    for (let hour = 1; hour < 24; hour++) {
      clock.advance(HOUR)
      expect(await sessions.verify(secret)).toEqual({ session, extended: false })
    }
    expect(counts.writes).toBe(0)
    clock.advance(HOUR)
    const uses = await Promise.all(Array.from({ length: 20 }, () => sessions.verify(secret)))
    expect(counts.writes).toBe(1)
    expect(uses.filter(use => use?.extended)).toHaveLength(1)
    const extended = (await sessions.verify(secret))?.session
    expect(extended).toMatchObject({ seenAt: clock.now(), expiresAt: clock.now() + 30 * DAY })
    clock.advance(30 * DAY - 1)
    expect(await sessions.verify(secret)).toMatchObject({ extended: true })
    clock.advance(30 * DAY)
    expect(await sessions.verify(secret)).toBeNull()
  })

  it('stays when its extension cannot be written', async () => {
    const { sessions, clock, signIn } = await open(() => ({
      extendSession: async () => {
        throw new EcError('EC_STORAGE_FULL', 'the disk is full')
      },
    }))
    const { secret, session } = await signIn()
    clock.advance(2 * DAY)
    expect(await sessions.verify(secret)).toEqual({ session, extended: false })
  })

  it('is read from the store once a minute, however often it is used', async () => {
    const { sessions, clock, counts, signIn } = await open()
    const { secret } = await signIn()
    for (let i = 0; i < 10; i++) await sessions.verify(secret)
    expect(counts.looks).toBe(1)
    clock.advance(60_000)
    await sessions.verify(secret)
    expect(counts.looks).toBe(2)
  })

  it('ends at once, here and in other processes, and others of the user stay', async () => {
    const { sessions, another, bus, signIn } = await open()
    const elsewhere = another()
    const [one, two] = [await signIn(), await signIn()]
    for (const place of [sessions, elsewhere]) expect(await place.verify(one.secret)).not.toBeNull()
    const told: unknown[] = []
    bus.subscribe('signedOut', message => told.push(message))
    await sessions.end('ann', one.session.id)
    for (const place of [sessions, elsewhere]) expect(await place.verify(one.secret)).toBeNull()
    expect(await sessions.verify(two.secret)).not.toBeNull()
    await sessions.end('ann', one.session.id)
    expect(told).toEqual([{ userId: 'ann', sessions: [one.session.id] }])
  })

  it('ends everywhere with all others of its user', async () => {
    const { sessions, signIn, linkFor } = await open()
    const [one, two, other] = [await signIn(), await signIn(), await signIn('ben')]
    const unused = await linkFor('ann')
    await sessions.end('ann', null)
    expect([await sessions.verify(one.secret), await sessions.verify(two.secret)]).toEqual([null, null])
    expect(await sessions.verify(other.secret)).not.toBeNull()
    expect(await codeOf(sessions.signIn(unused, null))).toEqual(['EC_LINK_UNKNOWN', 404])
  })

  it('gives way to the one that the same browser opens after it, of whichever user', async () => {
    const { sessions, signIn } = await open()
    const first = await signIn()
    const second = await signIn('ben', first.secret)
    expect(await sessions.verify(first.secret)).toBeNull()
    expect(await sessions.verify(second.secret)).toMatchObject({ session: { userId: 'ben' } })
    expect(await codeOf(sessions.signIn('ecl_none', second.secret))).toEqual(['EC_LINK_UNKNOWN', 404])
    expect(await sessions.verify(second.secret)).not.toBeNull()
  })

  it('is one of fifty at most; the one that was not used for longest ends, and is told of', async () => {
    const { sessions, bus, clock, signIn } = await open()
    const told: string[] = []
    bus.subscribe('signedOut', message => told.push(...message.sessions))
    const opened = []
    for (let i = 0; i < 51; i++) {
      clock.advance(1000)
      opened.push(await signIn())
    }
    expect(told).toEqual([opened[0]?.session.id])
    expect(await sessions.verify(opened[0]?.secret ?? '')).toBeNull()
    expect(await sessions.verify(opened[1]?.secret ?? '')).not.toBeNull()
  })

  it('is not remembered over the end that came while it was looked up', async () => {
    let sessions: Awaited<ReturnType<typeof open>>['sessions'] | null = null
    let ending: string | null = null
    const setting = await open(store => ({
      findSession: async hash => {
        const found = await store.findSession(hash)
        if (found !== null && ending === found.id) {
          ending = null
          await sessions?.end(found.userId, found.id)
        }
        return found
      },
    }))
    sessions = setting.sessions
    const { secret, session } = await setting.signIn()
    ending = session.id
    await sessions.verify(secret)
    expect(await sessions.verify(secret)).toBeNull()
  })
})
