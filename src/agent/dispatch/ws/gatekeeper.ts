import type { IncomingMessage } from 'node:http'
import { EcError } from '../../../core/errors.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import { isSharedSecret } from '../../../core/shared-secret.ts'
import type { Verified } from '../../../core/verified.ts'
import type { Door } from '../../http/api.ts'

/** Who is let in, and until when (ms since 1970; null = until he leaves). */
export interface Guest {
  readonly userId: string
  readonly expiresAt: number | null
  /** Id of the browser's session that let him in: when that ends, so does this. */
  readonly login?: string
}

export interface GatekeeperOptions {
  readonly verify: (bearer: string) => Promise<Verified | null>
  readonly redeemTicket: (ticket: string) => Guest | null
  /** The secret of the session in the request's cookie; null without one. */
  readonly readCookie: (request: IncomingMessage) => string | null
  /** Whom that session is of. */
  readonly verifySession: (secret: string) => Promise<Guest | null>
  /** Whether a page of this origin may use the cookie of a person. */
  readonly isOriginAllowed: (origin: string, request: IncomingMessage) => boolean
  /** What the operator's door asks for where the file system does not guard it (Windows); else null. */
  readonly operatorSecret: string | null
}

export interface Gatekeeper {
  /**
   * Looks for who comes in what the upgrade request carries. Null: it says nothing of that, so the first frame must.
   * Refuses with `EC_UNAUTHENTICATED`, `EC_FORBIDDEN`, `EC_ORIGIN_NOT_ALLOWED`, `EC_USAGE`.
   */
  identify(request: IncomingMessage, query: URLSearchParams, door: Door): Promise<Guest | null>
  /** The holder of a token, who for an operator's key is the user that `named` says. */
  admit(bearer: string, named: string | null): Promise<Guest>
}

/** The subprotocol that we speak; browsers cannot set headers, so a token may stand beside it. */
export const SUBPROTOCOL = 'ec.v1'
const BEARER_PROTOCOL = /(?:^|,)\s*bearer\.([A-Za-z0-9._~-]+)\s*(?:,|$)/
const BEARER_HEADER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i

/** Lets in whoever shows a ticket, a token, or from one of our own pages the cookie of a session. */
export function createGatekeeper(options: GatekeeperOptions): Gatekeeper {
  const { verify, redeemTicket, readCookie, verifySession, isOriginAllowed, operatorSecret } = options

  async function identify(request: IncomingMessage, query: URLSearchParams, door: Door): Promise<Guest | null> {
    const { headers } = request
    const named = query.get('user')
    const shown = BEARER_HEADER.exec(headers.authorization ?? '')?.[1]
    if (door === 'socket') return admitOperator(shown, named)
    if (headers.authorization !== undefined) return admit(shown ?? '', named)
    const offered = BEARER_PROTOCOL.exec(headers['sec-websocket-protocol'] ?? '')?.[1]
    if (offered !== undefined) return admit(offered, named)
    const ticket = query.get('ticket')
    if (ticket !== null) {
      return redeemTicket(ticket) ?? refuse('the ticket was used, has expired, or never was', 'ask for a new ticket')
    }
    const secret = readCookie(request)
    return secret === null ? null : admitPage(request, secret, named)
  }

  async function admitPage(request: IncomingMessage, secret: string, named: string | null): Promise<Guest> {
    const { origin, 'sec-fetch-site': site } = request.headers
    // A browser sends the cookie whichever page asks, so the page's origin decides (cross-site WebSocket hijacking).
    if (origin === undefined || site === 'cross-site' || !isOriginAllowed(origin, request)) {
      throw new EcError('EC_ORIGIN_NOT_ALLOWED', 'the cookie came from a page of another origin')
    }
    const guest = await verifySession(secret)
    if (guest === null) return refuse('this browser is signed out', 'open a new sign-in link: `ec token USER --link`')
    if (named === null || named === guest.userId) return guest
    throw new EcError('EC_FORBIDDEN', 'the session is of another user', { hint: 'leave `user` out' })
  }

  async function admit(bearer: string, named: string | null): Promise<Guest> {
    const verified = await verify(bearer)
    if (verified === null) return refuse('the token is not valid: unknown, expired or revoked')
    const { principal, expiresAt } = verified
    switch (principal.kind) {
      case 'user':
        if (named === null || named === principal.userId) return { userId: principal.userId, expiresAt }
        throw new EcError('EC_FORBIDDEN', 'the token is of another user', { hint: 'leave `user` out' })
      case 'operator':
        return { userId: requireUser(named), expiresAt }
      case 'service':
        throw new EcError('EC_FORBIDDEN', 'a service key is no user', { hint: 'make a token with `ec token USER`' })
      default:
        return principal satisfies never
    }
  }

  function admitOperator(shown: string | undefined, named: string | null): Guest {
    if (operatorSecret !== null && (shown === undefined || !isSharedSecret(shown, [operatorSecret]))) {
      return refuse('the operator’s door was not shown its secret')
    }
    return { userId: requireUser(named), expiresAt: null }
  }

  return { identify, admit }
}

function requireUser(named: string | null): string {
  const parsed = userIdSchema.safeParse(named)
  if (parsed.success) return parsed.data
  throw new EcError('EC_USAGE', 'an operator must say whose stream to open', { hint: 'add `?user=ID`' })
}

function refuse(message: string, hint?: string): never {
  throw new EcError('EC_UNAUTHENTICATED', message, hint === undefined ? {} : { hint })
}
