export interface Rate {
  /** What may come at once. */
  readonly burst: number
  readonly perSecond: number
}

/** So many at once, and so many a second after that. Time is the caller's, in ms of a clock that never goes back. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #at: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Takes one token: 0 when there was one, else how many ms until there is. */
  take(now: number): number {
    const wait = this.wait(now)
    if (wait === 0) this.#tokens -= 1
    return wait
  }

  /** What `take` would answer, without taking. */
  wait(now: number): number {
    const { burst, perSecond } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * perSecond) / 1000)
    this.#at = now
    const missing = 1 - this.#tokens
    return missing <= ROUNDING ? 0 : Math.ceil(((missing - ROUNDING) * 1000) / perSecond)
  }
}

/** Tokens are fractions that were added up: a billionth short of one is one. */
const ROUNDING = 1e-9
