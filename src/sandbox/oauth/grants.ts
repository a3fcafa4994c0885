import type { Clock } from '../../core/clock.ts'
import type { Manners } from '../manners.ts'
import type { Random } from '../random.ts'
import { ApiError } from '../http/api-error.ts'

/** What an account has allowed a client. */
export interface Grant {
  readonly account: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** ms since 1970. */
  readonly grantedAt: number
}

export interface AccessToken extends Grant {
  readonly token: string
  readonly expiresAt: number
}

export interface Grants {
  issueAccess(grant: Omit<Grant, 'grantedAt'>, lifeMs?: number): AccessToken
  issueRefresh(grant: Omit<Grant, 'grantedAt'>): string
  /** Null when it is unknown, revoked or has died of age. */
  findRefresh(token: string): Grant | null
  /** Another refresh token in the place of this one, which is dead from now on. */
  rotateRefresh(token: string): string | null
  /** The account of a token that is good, else null. */
  find(authorization: string | undefined): AccessToken | null
  /** As `find`; 401 in Google's words when there is none. */
  require(authorization: string | undefined): AccessToken
  /** By an access or a refresh token, as Google: the whole grant ends. False when it is none. */
  revokeToken(token: string): boolean
  /** All that an account has allowed; from then on refreshing is `invalid_grant`. */
  revokeAccount(account: string): void
}

/** Of each kind; the oldest are forgotten first. */
const MAX_TOKENS = 5_000
const TESTING_LIFE_MS = 7 * 86_400_000

export function createGrants(clock: Clock, random: Random, manners: () => Manners): Grants {
  const access = new Map<string, AccessToken>()
  const refresh = new Map<string, Grant>()

  function find(authorization: string | undefined): AccessToken | null {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
    const found = access.get(token)
    return found !== undefined && clock.now() < found.expiresAt ? found : null
  }

  function revokeWhere(fits: (grant: Grant) => boolean): void {
    for (const store of [access, refresh]) for (const [token, grant] of store) if (fits(grant)) store.delete(token)
  }

  return {
    find,
    issueAccess(grant, lifeMs = manners().access_token_life_s * 1000) {
      const now = clock.now()
      const token = `ya29.sandbox-${random.text(40, TOKEN_LETTERS)}`
      const made = { ...grant, grantedAt: now, token, expiresAt: now + lifeMs }
      access.set(token, made)
      forgetOldest(access)
      return made
    },
    issueRefresh(grant) {
      const token = `1//sandbox-${random.text(40, TOKEN_LETTERS)}`
      refresh.set(token, { ...grant, grantedAt: clock.now() })
      forgetOldest(refresh)
      return token
    },
    findRefresh(token) {
      const found = refresh.get(token)
      const isDead = found !== undefined && manners().testing_mode && clock.now() >= found.grantedAt + TESTING_LIFE_MS
      return found === undefined || isDead ? null : found
    },
    rotateRefresh(token) {
      const found = refresh.get(token)
      if (found === undefined) return null
      refresh.delete(token)
      const next = `1//sandbox-${random.text(40, TOKEN_LETTERS)}`
      refresh.set(next, found)
      return next
    },
    require(authorization) {
      const found = find(authorization)
      if (found !== null) return found
      throw new ApiError(401, {
        reason: 'authError',
        message: 'Invalid Credentials',
        rpc: 'UNAUTHENTICATED',
        location: 'Authorization',
        locationType: 'header',
      })
    },
    revokeToken(token) {
      const grant = access.get(token) ?? refresh.get(token)
      if (grant === undefined) return false
      revokeWhere(other => other.account === grant.account && other.clientId === grant.clientId)
      return true
    },
    revokeAccount: account => revokeWhere(grant => grant.account === account),
  }
}

const TOKEN_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function forgetOldest(store: Map<string, unknown>): void {
  for (const token of store.keys()) {
    if (store.size <= MAX_TOKENS) break
    store.delete(token)
  }
}
