import { createHash } from 'node:crypto'
import type { RandomBytes } from './ids.ts'

/** A secret of one sign-in, and what is told of it beforehand (RFC 7636, S256). */
export interface Pkce {
  readonly verifier: string
  readonly challenge: string
}

export function makePkce(randomBytes: RandomBytes): Pkce {
  const verifier = Buffer.from(randomBytes(32)).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
