import { createHash } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../random.ts'

/** A consent that waits to be exchanged for tokens. */
export interface Consent {
  readonly account: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly isOffline: boolean
  /** '' = none. */
  readonly challenge: string
  readonly method: 'S256' | 'plain'
  readonly nonce: string
}

export interface Codes {
  issue(consent: Consent): string
  /** Once, within ten minutes; null after that. */
  redeem(code: string): Consent | null
}

const LIFE_MS = 600_000
const MAX_CODES = 1_000

export function createCodes(clock: Clock, random: Random): Codes {
  const codes = new Map<string, Consent & { readonly expiresAt: number }>()
  return {
    issue(consent) {
      const code = `4/0sandbox-${random.text(32)}`
      codes.set(code, { ...consent, expiresAt: clock.now() + LIFE_MS })
      const [oldest] = codes.keys()
      if (codes.size > MAX_CODES && oldest !== undefined) codes.delete(oldest)
      return code
    },
    redeem(code) {
      const found = codes.get(code)
      codes.delete(code)
      return found !== undefined && clock.now() < found.expiresAt ? found : null
    },
  }
}

/** Whether a verifier is the one that the challenge was made of (RFC 7636). */
export function isVerified({ challenge, method }: Consent, verifier: string): boolean {
  if (challenge === '') return true
  const made = method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  return made === challenge
}
