/** Time, as everything here sees it, so that minutes of waiting can be tested in a moment. */
export interface PageClock {
  /** ms since 1970; may jump. */
  now(): number
  /** ms that only grow. */
  monotonic(): number
  /** Calls `run` once after `ms`. */
  setTimer(run: () => void, ms: number): { cancel(): void }
}

export function createPageClock(): PageClock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    setTimer(run, ms) {
      const handle = setTimeout(run, Math.min(ms, MAX_TIMEOUT_MS))
      return { cancel: () => clearTimeout(handle) }
    },
  }
}

/** A longer delay would be taken for none. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1
