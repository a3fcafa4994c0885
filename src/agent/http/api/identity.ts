import type { Page, PageQuery } from '../../../backends/store.ts'
import type { BrowserSession } from '../../../core/browser-session.ts'
import type { Level } from '../../../core/event.ts'
import type { KeyScope, ServiceKey } from '../../../core/service-key.ts'
import type { Verified } from '../../../core/verified.ts'

export interface IdentityApi {
  /** The holder of a service key or user token; null when it is neither, has expired or was revoked. */
  verify(bearer: string): Promise<Verified | null>
  /** A signed token that reads and answers as this user; `[A-Za-z0-9._-]`. */
  issueToken(userId: string, ttlMs: number): Promise<{ readonly token: string; readonly expiresAt: number }>
  /** A single-use ticket for `/ws`, good for 30 s. `login`: the session that it came of, with which it ends. */
  issueTicket(userId: string, login?: string): { readonly ticket: string; readonly expiresInMs: number }
}

/** How people's browsers are signed in. */
export interface SessionApi {
  /** The page that a person uses, without a secret in it. */
  inboxUrl(): string
  /** A link that signs one browser in as the user, once. `EC_FIELD_INVALID`. */
  invite(userId: string, ttlMs: number): Promise<{ readonly url: string; readonly expiresAt: number }>
  /**
   * Opens a session by the secret of a link; the one that the browser had before (`previous`, its secret) ends.
   * `EC_LINK_UNKNOWN`, `EC_LINK_USED`, `EC_LINK_EXPIRED`.
   */
  signIn(link: string, previous: string | null): Promise<{ readonly secret: string; readonly session: BrowserSession }>
  /** The session that a secret stands for; `extended`: it has just got more time. Null when it has ended. */
  verify(secret: string): Promise<{ readonly session: BrowserSession; readonly extended: boolean } | null>
  /** The browsers in which a user is signed in. */
  list(userId: string): Promise<readonly BrowserSession[]>
  /** Signs a browser of the user out, with null all of them. What is open there closes. */
  end(userId: string, login: string | null): Promise<void>
}

export interface KeyApi {
  create(input: {
    readonly name: string
    readonly scopes: readonly KeyScope[]
    readonly types: readonly string[]
    readonly users: readonly string[]
    readonly maxLevel: Level | null
    readonly callbackUrl: string | null
  }): Promise<{
    readonly key: ServiceKey
    readonly secret: string
    /** What its callbacks are signed with; null without a callback URL. */
    readonly callbackSecret: string | null
  }>
  list(query: PageQuery): Promise<Page<ServiceKey>>
  revoke(id: string): Promise<void>
}
