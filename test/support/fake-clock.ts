import type { Clock, Timer } from '#ec/core/clock.js'

/** A clock that stands still until it is told to move; timers fire in order of their instants. */
export class FakeClock implements Clock {
  #now: number
  #monotonic = 0
  #timers: { at: number; run: () => void }[] = []

  constructor(now = Date.parse('2026-01-05T09:00:00.000Z')) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  setTimer(run: () => void, ms: number): Timer {
    const timer = { at: this.#monotonic + Math.max(0, ms), run }
    this.#timers.push(timer)
    return { cancel: () => void (this.#timers = this.#timers.filter(t => t !== timer)) }
  }

  /** Moves both times on and fires what falls due on the way. */
  advance(ms: number): void {
    const end = this.#monotonic + ms
    for (;;) {
      const due = this.#timers.filter(t => t.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#move(Math.max(0, due.at - this.#monotonic))
      this.#timers = this.#timers.filter(t => t !== due)
      due.run()
    }
    this.#move(end - this.#monotonic)
  }

  /** Time passes and nothing fires, as while a machine sleeps; what has fallen due by then fires with the next move. */
  sleep(ms: number): void {
    this.#move(ms)
  }

  /** The wall clock jumps, as after a wrong setting was mended; no time passes. */
  jump(ms: number): void {
    this.#now += ms
  }

  #move(ms: number): void {
    this.#now += ms
    this.#monotonic += ms
  }
}
