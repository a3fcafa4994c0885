import { LIMITS } from './limits.ts'

/**
 * Watches a client that fell behind. One that is further back than the backlog allows is given up when it takes nothing
 * at all for a moment, or does not catch up in good time. Until then it costs `pauseBytes`, however far behind it is.
 */
export class LagMeter {
  #missedChars = 0
  #lastBuffered: number
  #stalledLooks = 0
  #slowLooks = 0

  constructor(bufferedBytes: number) {
    this.#lastBuffered = bufferedBytes
  }

  /** That much went past the client. */
  missed(chars: number): void {
    this.#missedChars += chars
  }

  /** A look at it, once a second; true when it is to be given up. */
  isTooMuch(bufferedBytes: number): boolean {
    const takesNothing = bufferedBytes > 0 && bufferedBytes >= this.#lastBuffered
    this.#lastBuffered = bufferedBytes
    if (bufferedBytes + this.#missedChars <= LIMITS.backlogBytes) return false
    // With nothing waiting for the network, it is not the client that is slow.
    this.#slowLooks = bufferedBytes === 0 ? 0 : this.#slowLooks + 1
    this.#stalledLooks = takesNothing ? this.#stalledLooks + 1 : 0
    return this.#stalledLooks >= LIMITS.stalledLooks || this.#slowLooks >= LIMITS.slowLooks
  }
}
