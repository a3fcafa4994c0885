/** A browser in which a user is signed in. Its secret is known to that browser alone; instants are ms since 1970. */
export interface BrowserSession {
  /** `sgn_...`. */
  readonly id: string
  readonly userId: string
  readonly createdAt: number
  /** When it was last extended. */
  readonly seenAt: number
  readonly expiresAt: number
}
