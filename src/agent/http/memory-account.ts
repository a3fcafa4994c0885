import type { Clock } from '../../core/clock.ts'

/** A body that is still arriving and can be made to give way. */
export interface Arriving {
  /** By the monotonic clock, ms. */
  readonly since: number
  /** Releases what it holds. */
  evict(): void
}

/**
 * How much memory request bodies may take together. When it does not suffice, bodies that have been arriving for
 * longest give way first: without that, a few senders that stall half-way would keep everybody else out.
 */
export class MemoryAccount {
  readonly #capacity: number
  readonly #slowMs: number
  readonly #clock: Pick<Clock, 'monotonic'>
  /** In the order of their first byte. */
  readonly #arriving = new Set<Arriving>()
  #used = 0

  constructor(capacity: number, slowMs: number, clock: Pick<Clock, 'monotonic'>) {
    this.#capacity = capacity
    this.#slowMs = slowMs
    this.#clock = clock
  }

  get used(): number {
    return this.#used
  }

  /** Whether `bytes` more fit; if so they are the caller's until `release`. */
  reserve(bytes: number, asker?: Arriving): boolean {
    if (this.#used + bytes > this.#capacity && !this.#makeRoom(bytes, asker)) return false
    this.#used += bytes
    return true
  }

  release(bytes: number): void {
    this.#used -= bytes
  }

  now(): number {
    return this.#clock.monotonic()
  }

  /** Names a body that is not complete yet. */
  track(body: Arriving): void {
    this.#arriving.add(body)
  }

  untrack(body: Arriving): void {
    this.#arriving.delete(body)
  }

  #makeRoom(bytes: number, asker: Arriving | undefined): boolean {
    const slowBefore = this.now() - this.#slowMs
    for (const body of this.#arriving) {
      if (body === asker || body.since > slowBefore) break
      body.evict()
      if (this.#used + bytes <= this.#capacity) return true
    }
    return false
  }
}
