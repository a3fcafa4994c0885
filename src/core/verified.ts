import type { Principal } from './principal.ts'

/** Who holds a key or token, and until when (ms since 1970; null = until it is revoked). */
export interface Verified {
  readonly principal: Principal
  readonly expiresAt: number | null
}
