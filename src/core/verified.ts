import type { Principal } from './principal.ts'

/** Who holds a key, token or session, and until when (ms since 1970; null = until it is revoked). */
export interface Verified {
  readonly principal: Principal
  readonly expiresAt: number | null
  /** Id of the browser's session that says so; none for a key or token. */
  readonly login?: string
}
