import type { Clock } from '../../core/clock.ts'

/** Holds things back so that they change places. */
export interface Holds {
  /** Resolves after the next `pass` of this lane, or after `ms`. */
  hold(lane: string, ms: number, signal?: AbortSignal): Promise<void>
  /** Something of the lane is through. */
  pass(lane: string): void
  /** Resolves after `ms`, or when the signal aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** How many are held back at this moment. */
  readonly count: number
}

export function createHolds(clock: Clock): Holds {
  const held = new Map<string, Set<() => void>>()
  let count = 0

  function hold(lane: string, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const timer = clock.setTimer(release, ms)
      const others = held.get(lane) ?? new Set()
      held.set(lane, others.add(release))
      count += 1
      signal?.addEventListener('abort', release, { once: true })
      function release(): void {
        if (!others.delete(release)) return
        count -= 1
        timer.cancel()
        signal?.removeEventListener('abort', release)
        if (others.size === 0 && held.get(lane) === others) held.delete(lane)
        resolve()
      }
    })
  }

  return {
    hold,
    pass(lane) {
      for (const release of Array.from(held.get(lane) ?? [])) release()
    },
    wait: (ms, signal) => (ms === 0 ? Promise.resolve() : hold(`\0${ms}`, ms, signal)),
    get count() {
      return count
    },
  }
}
