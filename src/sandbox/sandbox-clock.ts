import type { Clock, Timer } from '../core/clock.ts'

/** The sandbox's own time: it follows another clock at a rate, and can be moved on. */
export interface SandboxClock extends Clock {
  /** How many of its seconds pass in one of the clock that it follows; 0 = it stands until it is moved. */
  readonly rate: number
  setRate(rate: number): void
  /**
   * Moves on by `ms` and fires what falls due on the way, in order, each at its own instant. After each it waits for
   * `settle`, so that what was sent has been answered before time goes on. One move after the other.
   */
  advance(ms: number, settle: () => Promise<void>): Promise<void>
  /** Timers that are set. */
  readonly waiting: number
  close(): void
}

interface Waiting extends Timer {
  readonly at: number
  readonly run: () => void
}

export function createSandboxClock(base: Clock, firstRate = 1): SandboxClock {
  let rate = firstRate
  let since = base.monotonic()
  let passed = 0
  const startedAt = base.now()
  let timers: Waiting[] = []
  let armed: Timer | null = null
  let moves: Promise<void> = Promise.resolve()

  function monotonic(): number {
    return passed + (base.monotonic() - since) * rate
  }

  /** From here on time is counted anew. */
  function anchor(at: number): void {
    passed = at
    since = base.monotonic()
  }

  function arm(): void {
    armed?.cancel()
    armed = null
    const [next] = timers
    if (next === undefined || rate === 0) return
    armed = base.setTimer(fireDue, Math.max(0, Math.ceil((next.at - monotonic()) / rate)))
  }

  function fireDue(): void {
    for (let due = takeDue(monotonic()); due !== null; due = takeDue(monotonic())) due.run()
    arm()
  }

  function takeDue(until: number): Waiting | null {
    const [next] = timers
    if (next === undefined || next.at > until) return null
    timers.shift()
    return next
  }

  function setTimer(run: () => void, ms: number): Timer {
    const timer: Waiting = { at: monotonic() + Math.max(0, ms), run, cancel: () => drop(timer) }
    const before = timers.findLastIndex(other => other.at <= timer.at)
    timers.splice(before + 1, 0, timer)
    if (timers[0] === timer) arm()
    return timer
  }

  function drop(timer: Waiting): void {
    const wasNext = timers[0] === timer
    timers = timers.filter(other => other !== timer)
    if (wasNext) arm()
  }

  async function move(ms: number, settle: () => Promise<void>): Promise<void> {
    await settle()
    const target = monotonic() + ms
    for (let due = takeDue(target); due !== null; due = takeDue(target)) {
      anchor(Math.max(due.at, monotonic()))
      due.run()
      await settle()
    }
    anchor(Math.max(target, monotonic()))
    arm()
  }

  return {
    now: () => Math.round(startedAt + monotonic()),
    monotonic,
    setTimer,
    get rate() {
      return rate
    },
    setRate(next) {
      anchor(monotonic())
      rate = next
      arm()
    },
    advance(ms, settle) {
      moves = moves.then(() => move(ms, settle))
      return moves
    },
    get waiting() {
      return timers.length
    },
    close() {
      armed?.cancel()
      timers = []
    },
  }
}
