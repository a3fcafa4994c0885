/**
 * So many at once, and so many a second after that. Time is the caller's, in ms of a clock that never goes back.
 */
export class TokenBucket {
  readonly #burst: number
  readonly #perMs: number
  #tokens: number
  #at: number

  constructor(burst: number, perSecond: number, now: number) {
    this.#burst = burst
    this.#perMs = perSecond / 1000
    this.#tokens = burst
    this.#at = now
  }

  /** Takes one token: 0 when there was one, else how many ms to wait before asking again. */
  take(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, now - this.#at) * this.#perMs)
    this.#at = now
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return 0
    }
    return Math.ceil((1 - this.#tokens) / this.#perMs)
  }

  /** Whether it has filled up again, so that nothing is lost by forgetting it. */
  isFull(now: number): boolean {
    return this.#tokens + Math.max(0, now - this.#at) * this.#perMs >= this.#burst
  }
}
