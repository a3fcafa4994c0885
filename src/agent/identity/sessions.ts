import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Bus } from '../../backends/backend.ts'
import type { Redemption, Store } from '../../backends/store.ts'
import type { BrowserSession } from '../../core/browser-session.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import { userIdSchema } from '../../core/event-schema.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'
import type { SessionApi } from '../http/api.ts'

export interface SessionsOptions {
  readonly store: Pick<
    Store,
    'addSignInLink' | 'redeemSignInLink' | 'findSession' | 'listSessions' | 'extendSession' | 'endSessions'
  >
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: RandomBytes
  /** The page that a link opens. */
  readonly inboxUrl: () => string
}

export interface Sessions extends SessionApi {
  close(): void
}

const SECRET_BYTES = 32
const LINK = /^ecl_[A-Za-z0-9_-]{43}$/
const SESSION = /^ecs_[A-Za-z0-9_-]{43}$/

const DAY_MS = 86_400_000
const MAX_LINK_MS = 7 * DAY_MS
/** A browser that is not used for so long is signed out. */
const SESSION_MS = 30 * DAY_MS
/** Use extends a session, but it is written down no more often than this. */
const EXTEND_EVERY_MS = DAY_MS
const LINKS_PER_USER = 50
const SESSIONS_PER_USER = 50

const MAX_CACHED = 10_000
/** An end is told over the bus, which may lose it; no session outlives its end longer than this. */
const CACHED_MS = 60_000

/** Sign-in links, good once, and the sessions of browsers: both told once and kept as their SHA-256 only. */
export function createSessions(options: SessionsOptions): Sessions {
  const { store, bus, clock, ids, randomBytes } = options
  const cache = new LRUCache<string, { readonly session: BrowserSession; readonly until: number }>({ max: MAX_CACHED })
  /** Sessions that are being extended at this moment. */
  const extending = new Set<string>()
  // Counts what might have made an answer stale while it was being read.
  let changes = 0
  const unsubscribe = [
    bus.subscribe('signedOut', forget),
    bus.subscribe('restored', forget),
    bus.subscribe('changed', ({ what }) => void (what === 'user' && forget())),
  ]

  function forget(): void {
    changes += 1
    cache.clear()
  }

  function makeSecret(kind: 'ecl' | 'ecs'): string {
    return `${kind}_${Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')}`
  }

  async function invite(userId: string, ttlMs: number): Promise<{ url: string; expiresAt: number }> {
    if (!userIdSchema.safeParse(userId).success) {
      throw invalid('user', 'takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -')
    }
    if (!(ttlMs >= 1000 && ttlMs <= MAX_LINK_MS)) throw invalid('ttl', 'of a sign-in link takes 1 second to 7 days')
    const secret = makeSecret('ecl')
    const createdAt = clock.now()
    const expiresAt = createdAt + ttlMs
    await store.addSignInLink({ hash: hashOf(secret), userId, createdAt, expiresAt }, LINKS_PER_USER)
    // What stands behind `#` is never sent: no log, proxy or program that looks at links before a person does has it.
    return { url: `${options.inboxUrl()}#in=${secret}`, expiresAt }
  }

  async function signIn(link: string, previous: string | null): Promise<{ secret: string; session: BrowserSession }> {
    const secret = makeSecret('ecs')
    const at = clock.now()
    const opening = { id: ids.next('sgn'), hash: hashOf(secret), at, expiresAt: at + SESSION_MS }
    const redeemed: Redemption = LINK.test(link)
      ? await store.redeemSignInLink(hashOf(link), opening, SESSIONS_PER_USER)
      : { outcome: 'unknown' }
    if (redeemed.outcome !== 'opened') throw refusal(redeemed.outcome)
    const { session, ended } = redeemed
    tell(session.userId, ended)
    // The browser forgets the secret that it had, so nobody could end that session any more.
    const before = previous === null ? null : await read(previous)
    if (before !== null) await end(before.userId, before.id)
    return { secret, session }
  }

  async function read(secret: string): Promise<BrowserSession | null> {
    if (!SESSION.test(secret)) return null
    const hash = hashOf(secret)
    const cached = cache.get(hash)
    if (cached !== undefined && cached.until > clock.monotonic()) return cached.session
    const before = changes
    const session = await store.findSession(hash)
    if (session !== null && before === changes) remember(hash, session)
    return session
  }

  function remember(hash: string, session: BrowserSession): void {
    cache.set(hash, { session, until: clock.monotonic() + CACHED_MS })
  }

  async function verify(secret: string): Promise<{ session: BrowserSession; extended: boolean } | null> {
    const session = await read(secret)
    const now = clock.now()
    if (session === null || session.expiresAt <= now) return null
    if (now - session.seenAt < EXTEND_EVERY_MS || extending.has(session.id)) return { session, extended: false }
    return extend(secret, session, now)
  }

  /** Whoever comes first extends it; a disk that refuses signs nobody out. */
  async function extend(
    secret: string,
    session: BrowserSession,
    now: number,
  ): Promise<{ session: BrowserSession; extended: boolean } | null> {
    const expiresAt = now + SESSION_MS
    extending.add(session.id)
    try {
      const before = changes
      const extended = await store.extendSession(session.id, session.seenAt, now, expiresAt)
      // Another process was faster, or it has ended.
      if (!extended) {
        forget()
        const found = await read(secret)
        return found === null ? null : { session: found, extended: false }
      }
      const longer = { ...session, seenAt: now, expiresAt }
      if (before === changes) remember(hashOf(secret), longer)
      return { session: longer, extended: true }
    } catch {
      return { session, extended: false }
    } finally {
      extending.delete(session.id)
    }
  }

  async function end(userId: string, id: string | null): Promise<void> {
    tell(userId, await store.endSessions(userId, id))
  }

  function tell(userId: string, sessions: readonly string[]): void {
    if (sessions.length === 0) return
    forget()
    bus.publish('signedOut', { userId, sessions })
  }

  return {
    inboxUrl: options.inboxUrl,
    invite,
    signIn,
    verify,
    list: async userId => (await store.listSessions(userId)).filter(({ expiresAt }) => expiresAt > clock.now()),
    end,
    close: () => unsubscribe.forEach(stop => stop()),
  }
}

function refusal(outcome: 'used' | 'expired' | 'unknown'): EcError {
  switch (outcome) {
    case 'used':
      return new EcError('EC_LINK_USED', 'this sign-in link was used already')
    case 'expired':
      return new EcError('EC_LINK_EXPIRED', 'this sign-in link has expired')
    case 'unknown':
      return new EcError('EC_LINK_UNKNOWN', 'this agent knows no such sign-in link')
    default:
      return outcome satisfies never
  }
}

function invalid(path: string, message: string): EcError {
  return new EcError('EC_FIELD_INVALID', `\`${path}\` ${message}`, { details: { errors: [{ path, message }] } })
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
