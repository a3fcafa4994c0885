import type { IncomingMessage } from 'node:http'
import { addressKey } from '../../core/address.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import { isSharedSecret } from '../../core/shared-secret.ts'
import type { Rate } from '../../core/token-bucket.ts'
import { TokenBuckets } from '../../core/token-buckets.ts'
import type { Door, IdentityApi } from './api.ts'
import type { Caller } from './route.ts'

export interface AuthOptions {
  readonly identity: IdentityApi
  readonly readAddress: (request: IncomingMessage) => string
  readonly clock: Clock
  readonly failedLogins: Rate
  /** What has to be shown on the operator's door where the file system does not guard it (Windows); else null. */
  readonly socketSecret: string | null
}

export interface Auth {
  /** Who asks; `EC_UNAUTHENTICATED` when that is not shown, `EC_RATE_LIMITED` after too many wrong tries. */
  identify(request: IncomingMessage, door: Door): Promise<Principal>
}

const MAX_ADDRESSES = 10_000
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096}) *$/i
const OPERATOR: Principal = { kind: 'operator', by: 'operator' }

/** Nobody is believed for where he comes from: it takes the operator's socket, a key or a token. */
export function createAuth(options: AuthOptions): Auth {
  const { identity, readAddress, clock, socketSecret } = options
  const failures = new TokenBuckets(options.failedLogins, MAX_ADDRESSES, clock)

  return {
    async identify(request, door) {
      const header = request.headers.authorization
      if (door === 'socket' && socketSecret === null) return OPERATOR
      if (header === undefined) throw unauthenticated('no Authorization header came along')
      const principal = await readBearer(header, door)
      // A right key is never made to wait: behind a proxy one stale client would lock everybody out.
      if (principal !== null) return principal
      const waitMs = failures.take(addressKey(readAddress(request)))
      if (waitMs > 0) {
        throw new EcError('EC_RATE_LIMITED', 'too many wrong keys or tokens came from this address', {
          retryAfterMs: waitMs,
        })
      }
      throw unauthenticated('the key or token is not valid here: unknown, expired or revoked')
    },
  }

  async function readBearer(header: string, door: Door): Promise<Principal | null> {
    const bearer = BEARER.exec(header)?.[1]
    if (bearer === undefined) return null
    if (door === 'socket' && socketSecret !== null) return isSharedSecret(bearer, [socketSecret]) ? OPERATOR : null
    const principal = await identity.authenticate(bearer)
    if (principal?.kind !== 'service' || !principal.key.scopes.includes('operate')) return principal
    return { kind: 'operator', by: principal.key.name }
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
