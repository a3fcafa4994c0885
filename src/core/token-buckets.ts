import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.ts'
import { TokenBucket, type Rate } from './token-bucket.ts'

/**
 * One token bucket a key. The number of keys is bounded: the one that was silent longest is forgotten first, and starts
 * full when it comes again, so a flood of invented keys costs neither memory nor anybody else's turn.
 */
export class TokenBuckets {
  readonly #rate: Rate
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #buckets: LRUCache<string, TokenBucket>

  constructor(rate: Rate, maxKeys: number, clock: Pick<Clock, 'monotonic'>) {
    this.#rate = rate
    this.#clock = clock
    this.#buckets = new LRUCache({ max: maxKeys })
  }

  /** Takes one token: 0 when there was one, else how many ms until there is. */
  take(key: string): number {
    const now = this.#clock.monotonic()
    return this.#bucket(key, now).take(now)
  }

  /** What `take` would answer, without taking. */
  wait(key: string): number {
    const now = this.#clock.monotonic()
    return this.#bucket(key, now).wait(now)
  }

  #bucket(key: string, now: number): TokenBucket {
    const known = this.#buckets.get(key)
    if (known !== undefined) return known
    const fresh = new TokenBucket(this.#rate, now)
    this.#buckets.set(key, fresh)
    return fresh
  }
}
