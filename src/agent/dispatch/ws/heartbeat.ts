import { LIMITS } from './limits.ts'

/** When a client is asked for a sign of life, and until when it must have given one. Times are the wheel's. */
export class Heartbeat {
  #pingAt: number
  #answerBy: number | null = null

  constructor(firstPingAt: number) {
    this.#pingAt = firstPingAt
  }

  /** Any frame counts. */
  heard(): void {
    this.#answerBy = null
  }

  pinged(now: number, expectsAnswer: boolean): void {
    this.#pingAt = now + LIMITS.pingEveryMs
    this.#answerBy = expectsAnswer ? now + LIMITS.pongWithinMs : null
  }

  isDue(now: number): boolean {
    return now >= this.#pingAt
  }

  isLost(now: number): boolean {
    return this.#answerBy !== null && now >= this.#answerBy
  }

  /** When to look again. */
  nextAt(): number {
    return Math.min(this.#pingAt, this.#answerBy ?? Infinity)
  }
}
