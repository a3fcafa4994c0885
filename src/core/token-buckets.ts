import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.ts'

export interface Rate {
  /** What may come at once. */
  readonly burst: number
  readonly perSecond: number
}

/**
 * One token bucket a key. The number of keys is bounded: the one that was silent longest is forgotten first, and starts
 * full when it comes again, so a flood of invented keys costs neither memory nor anybody else's turn.
 */
export class TokenBuckets {
  readonly #rate: Rate
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #buckets: LRUCache<string, Bucket>

  constructor(rate: Rate, maxKeys: number, clock: Pick<Clock, 'monotonic'>) {
    this.#rate = rate
    this.#clock = clock
    this.#buckets = new LRUCache({ max: maxKeys })
  }

  /** Takes one token: 0 when there was one, else how many ms until there is. */
  take(key: string): number {
    const bucket = this.#refill(key)
    const waitMs = this.#waitMs(bucket)
    if (waitMs === 0) bucket.tokens -= 1
    return waitMs
  }

  /** What `take` would answer, without taking. */
  wait(key: string): number {
    return this.#waitMs(this.#refill(key))
  }

  #refill(key: string): Bucket {
    const now = this.#clock.monotonic()
    const known = this.#buckets.get(key)
    if (known === undefined) {
      const fresh = { tokens: this.#rate.burst, at: now }
      this.#buckets.set(key, fresh)
      return fresh
    }
    known.tokens = Math.min(this.#rate.burst, known.tokens + ((now - known.at) * this.#rate.perSecond) / 1000)
    known.at = now
    return known
  }

  #waitMs(bucket: Bucket): number {
    const missing = 1 - bucket.tokens
    return missing <= ROUNDING ? 0 : Math.ceil(((missing - ROUNDING) * 1000) / this.#rate.perSecond)
  }
}

/** Tokens are fractions that were added up: a billionth short of one is one. */
const ROUNDING = 1e-9

interface Bucket {
  tokens: number
  at: number
}
