/** Knows whether work is under way that time must not overtake. */
export interface Busy {
  track<T>(work: () => Promise<T>): Promise<T>
  /** Whether something is under way. */
  readonly isBusy: boolean
  /** Resolves once nothing is under way, nor was begun by what has just ended. */
  settled(): Promise<void>
}

export function createBusy(): Busy {
  let count = 0
  let waiting: (() => void)[] = []

  async function untilIdle(): Promise<void> {
    if (count > 0) await new Promise<void>(resolve => void waiting.push(resolve))
  }

  return {
    async track(work) {
      count += 1
      try {
        return await work()
      } finally {
        count -= 1
        if (count === 0) for (const wake of waiting.splice(0)) wake()
      }
    },
    get isBusy() {
      return count > 0
    },
    async settled() {
      for (;;) {
        await untilIdle()
        // Whoever waited for the work gets his turn first, and may begin more.
        await new Promise<void>(resolve => void setImmediate(resolve))
        if (count === 0) return
      }
    },
  }
}
