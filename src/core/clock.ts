/** A timer that was set; `cancel` is idempotent. */
export interface Timer {
  cancel(): void
}

/**
 * Time, as everything but `main.ts` sees it, so that a month can be simulated in seconds.
 * `now` is the wall clock in ms since 1970 and may jump; `monotonic` is in ms, only ever grows, and has no meaning
 * across processes: deadlines, leases and rates are measured with it.
 */
export interface Clock {
  now(): number
  monotonic(): number
  /** Calls `run` once after `ms`; a background timer does not keep the process alive. */
  setTimer(run: () => void, ms: number): Timer
}

/** Node turns a longer delay into 1 ms, so a timer is set in steps. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

export function createSystemClock(): Clock {
  return { now: () => Date.now(), monotonic: () => performance.now(), setTimer }
}

function setTimer(run: () => void, ms: number): Timer {
  let handle: NodeJS.Timeout
  arm(Math.max(0, ms))
  return { cancel: () => clearTimeout(handle) }

  function arm(left: number): void {
    const step = Math.min(left, MAX_TIMEOUT_MS)
    handle = setTimeout(() => (left > step ? arm(left - step) : run()), step)
    handle.unref()
  }
}
