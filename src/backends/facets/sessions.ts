import type { BrowserSession } from '../../core/browser-session.ts'

/** Sign-in links, and the browsers that were signed in by one. Of a secret only its SHA-256 comes here. */
export interface SessionFacts {
  /** Keeps a link until it has expired; of a user's links the `limit` newest stay. */
  addSignInLink(link: NewSignInLink, limit: number): Promise<void>
  /**
   * Takes a link out of use and opens its session, both or neither: of many who try at once, one succeeds. Of the user's
   * sessions those `limit` stay that were extended last.
   */
  redeemSignInLink(hash: string, session: NewSession, limit: number): Promise<Redemption>
  /** Expired ones too, while they are kept. */
  findSession(hash: string): Promise<BrowserSession | null>
  /** Those of a user that are kept, the newest last; the limit of `redeemSignInLink` bounds them. */
  listSessions(userId: string): Promise<readonly BrowserSession[]>
  /** Gives a session more time; false when it has ended, or somebody else has extended it since `seenAt`. */
  extendSession(id: string, seenAt: number, at: number, expiresAt: number): Promise<boolean>
  /** Ends one session of a user, or with null all, with the links that are still open; the ids of those that ended. */
  endSessions(userId: string, id: string | null): Promise<readonly string[]>
}

export interface NewSignInLink {
  readonly hash: string
  readonly userId: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** Whose it is stands in the link. */
export interface NewSession {
  readonly id: string
  readonly hash: string
  readonly at: number
  readonly expiresAt: number
}

export type Redemption =
  | {
      readonly outcome: 'opened'
      readonly session: BrowserSession
      /** Ids of sessions that had to make room. */
      readonly ended: readonly string[]
    }
  | { readonly outcome: 'used' | 'expired' | 'unknown' }
