import { createHmac } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { RandomBytes } from '../../core/ids.ts'
import type { Door } from '../http/api.ts'

/** A path of ours that was asked for through the public URL, and what became of it. */
export interface Challenge {
  readonly nonce: string
  /** What `GET /health/NONCE` answers, once. */
  readonly proof: string
  /** The door that it was asked at; null before that. */
  readonly door: Door | null
}

export interface PublicProofs {
  make(): Challenge
  /** The challenge as it is now, and the end of it. */
  settle(challenge: Challenge): Challenge
  /** The proof for a nonce that was made here less than 30 s ago and not asked for yet; else null. */
  answer(nonce: string, door: Door): string | null
}

const NONCE_BYTES = 24
const LIFE_MS = 30_000

/**
 * How an agent knows itself: it makes a random path, asks for it through the public URL, and gets back what only it can
 * say. A server that echoes the path cannot; whoever guesses paths gets 404. The key lives as long as the process.
 */
export function createPublicProofs(clock: Pick<Clock, 'monotonic'>, randomBytes: RandomBytes): PublicProofs {
  const key = randomBytes(32)
  const open = new Map<string, { readonly until: number; door: Door | null }>()

  function proofOf(nonce: string): string {
    return createHmac('sha256', key).update(nonce).digest('base64url')
  }

  return {
    make() {
      const now = clock.monotonic()
      for (const [old, { until }] of open) if (until <= now) open.delete(old)
      const nonce = Buffer.from(randomBytes(NONCE_BYTES)).toString('base64url')
      open.set(nonce, { until: now + LIFE_MS, door: null })
      return { nonce, proof: proofOf(nonce), door: null }
    },
    settle(challenge) {
      const door = open.get(challenge.nonce)?.door ?? null
      open.delete(challenge.nonce)
      return { ...challenge, door }
    },
    answer(nonce, door) {
      const found = open.get(nonce)
      if (found === undefined || found.door !== null || found.until <= clock.monotonic()) return null
      found.door = door
      return proofOf(nonce)
    },
  }
}
