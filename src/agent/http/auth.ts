import type { IncomingMessage } from 'node:http'
import { addressKey } from '../../core/address.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import { isSharedSecret } from '../../core/shared-secret.ts'
import type { Rate } from '../../core/token-bucket.ts'
import { TokenBuckets } from '../../core/token-buckets.ts'
import type { Verified } from '../../core/verified.ts'
import type { Door, IdentityApi, SessionApi } from './api.ts'
import type { Browsers } from './browsers.ts'
import type { Caller } from './route.ts'

export interface AuthOptions {
  readonly identity: Pick<IdentityApi, 'verify'>
  readonly sessions: Pick<SessionApi, 'verify'>
  readonly browsers: Pick<Browsers, 'sessionOf' | 'checkPage'>
  readonly readAddress: (request: IncomingMessage) => string
  readonly clock: Clock
  readonly failedLogins: Rate
  /** What has to be shown on the operator's door where the file system does not guard it (Windows); else null. */
  readonly socketSecret: string | null
}

export interface Auth {
  /**
   * Who asks; `EC_UNAUTHENTICATED` when that is not shown, `EC_RATE_LIMITED` after too many wrong tries. With `cookie` the
   * session of a browser counts too, unless a bearer came along; `EC_ORIGIN_NOT_ALLOWED` and `EC_FORBIDDEN` when it may
   * not speak in this request.
   */
  identify(request: IncomingMessage, door: Door, cookie: boolean): Promise<Identified>
  /** Makes an attempt whose failure counts as a wrong try of the address that it came from. */
  counted<T>(request: IncomingMessage, attempt: () => Promise<T>): Promise<T>
}

export interface Identified extends Verified {
  /** Given: the session has just got more time, and the browser is to hear of it. */
  readonly extended?: true
}

const MAX_ADDRESSES = 10_000
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096}) *$/i
const OPERATOR: Verified = { principal: { kind: 'operator', by: 'operator' }, expiresAt: null }

/** Nobody is believed for where he comes from: it takes the operator's socket, a key, a token or a session. */
export function createAuth(options: AuthOptions): Auth {
  const { identity, sessions, browsers, readAddress, clock, socketSecret } = options
  const failures = new TokenBuckets(options.failedLogins, MAX_ADDRESSES, clock)

  return {
    async identify(request, door, cookie) {
      const header = request.headers.authorization
      if (door === 'socket' && socketSecret === null) return OPERATOR
      if (header === undefined) {
        const secret = cookie && door !== 'socket' ? browsers.sessionOf(request) : null
        if (secret === null) throw unauthenticated('no Authorization header came along')
        browsers.checkPage(request)
        return readSession(secret)
      }
      const verified = await readBearer(header, door)
      // A right key is never made to wait: behind a proxy one stale client would lock everybody out.
      if (verified !== null) return verified
      slowDown(request)
      throw unauthenticated('the key or token is not valid here: unknown, expired or revoked')
    },
    async counted(request, attempt) {
      try {
        return await attempt()
      } catch (error) {
        // What failed on our side is no wrong try.
        if (toEcError(error).status < 500) slowDown(request)
        throw error
      }
    },
  }

  /** `EC_RATE_LIMITED` for an address that has failed too often. */
  function slowDown(request: IncomingMessage): void {
    const waitMs = failures.take(addressKey(readAddress(request)))
    if (waitMs <= 0) return
    throw new EcError('EC_RATE_LIMITED', 'too many wrong keys, tokens or links came from this address', {
      retryAfterMs: waitMs,
    })
  }

  /** Nobody guesses 256 bits, so a session that has ended counts as no wrong try: each open tab still sends it. */
  async function readSession(secret: string): Promise<Identified> {
    const found = await sessions.verify(secret)
    if (found === null) {
      throw new EcError('EC_UNAUTHENTICATED', 'this browser is signed out', {
        hint: 'open a new sign-in link: `ec token USER --link` makes one',
      })
    }
    const { session, extended } = found
    return {
      principal: { kind: 'user', userId: session.userId },
      expiresAt: session.expiresAt,
      login: session.id,
      ...(extended ? { extended } : {}),
    }
  }

  async function readBearer(header: string, door: Door): Promise<Verified | null> {
    const bearer = BEARER.exec(header)?.[1]
    if (bearer === undefined) return null
    if (door === 'socket' && socketSecret !== null) return isSharedSecret(bearer, [socketSecret]) ? OPERATOR : null
    const verified = await identity.verify(bearer)
    const principal = verified?.principal
    if (principal?.kind !== 'service' || !principal.key.scopes.includes('operate')) return verified
    return { principal: { kind: 'operator', by: principal.key.name }, expiresAt: null }
  }
}

/** Refuses a caller whom a route does not serve, naming whom it does. */
export function checkCaller(principal: Principal, allow: readonly Caller[]): void {
  if (isAllowed(principal, allow)) return
  const scopes = allow.filter(caller => caller === 'emit' || caller === 'read')
  const needed = [...scopes, 'operate'].map(scope => `\`${scope}\``).join(' or ')
  const others = allow.includes('user') ? ', or a token of the user' : ''
  throw new EcError('EC_FORBIDDEN', `this takes a key of scope ${needed}${others}`, {
    details: { needed: [...scopes, 'operate'] },
  })
}

function isAllowed(principal: Principal, allow: readonly Caller[]): boolean {
  switch (principal.kind) {
    case 'operator':
      return true
    case 'user':
      return allow.includes('user')
    case 'service':
      return principal.key.scopes.some(scope => scope !== 'operate' && allow.includes(scope))
    default:
      return principal satisfies never
  }
}

function unauthenticated(message: string): EcError {
  return new EcError('EC_UNAUTHENTICATED', message)
}
