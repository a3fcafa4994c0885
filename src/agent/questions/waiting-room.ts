import type { Bus } from '../../backends/backend.ts'
import type { Clock } from '../../core/clock.ts'
import { joinSignals } from '../../core/join-signals.ts'

/** Whose end somebody waits for. */
interface Awaited {
  readonly userId: string
  readonly id: string
  readonly eventId: string
}

interface Waiter extends Awaited {
  readonly wake: () => void
}

export interface WaitingRoom {
  /**
   * Calls `look` until it says that the question has ended, each time that something may have happened to it; gives up
   * after `ms`, when `signal` aborts, and on `drain`. Resolves with what `look` saw last.
   */
  wait<Seen>(
    awaited: Awaited,
    look: () => Promise<{ readonly ended: boolean; readonly seen: Seen }>,
    ms: number,
    signal: AbortSignal,
  ): Promise<Seen>
  /** Lets everybody go, and keeps nobody from now on. */
  drain(): void
  close(): void
}

/** Where requests wait for the end of a question: the bus wakes them, at no cost to those who wait for another. */
export function createWaitingRoom(bus: Bus, clock: Clock): WaitingRoom {
  const waiters = new Map<string, Set<Waiter>>()
  const draining = new AbortController()
  const unsubscribe = [
    bus.subscribe('question', ({ userId, id }) => wake(userId, waiter => waiter.id === id)),
    // An event is retracted through many doors, its question with it.
    bus.subscribe('stream', ({ userId, items }) => {
      if (!waiters.has(userId)) return
      for (const item of items) {
        if (item.kind === 'state' && item.state === 'retracted') wake(userId, waiter => waiter.eventId === item.id)
      }
    }),
  ]

  function wake(userId: string, isMeant: (waiter: Waiter) => boolean): void {
    for (const waiter of waiters.get(userId) ?? []) if (isMeant(waiter)) waiter.wake()
  }

  function enter(waiter: Waiter): () => void {
    const { userId } = waiter
    const others = waiters.get(userId) ?? new Set()
    waiters.set(userId, others)
    others.add(waiter)
    return () => {
      others.delete(waiter)
      if (others.size === 0) waiters.delete(userId)
    }
  }

  return {
    async wait(awaited, look, ms, signal) {
      const { signal: over, release } = joinSignals([signal, draining.signal])
      let late = false
      let notice: (() => void) | null = null
      // A hint that comes while the store is being read counts for the next round.
      let hinted = false
      const ring = (): void => {
        hinted = true
        notice?.()
      }
      const leave = enter({ ...awaited, wake: ring })
      const timer = clock.setTimer(() => {
        late = true
        ring()
      }, ms)
      over.addEventListener('abort', ring)
      try {
        for (;;) {
          hinted = false
          const { ended, seen } = await look()
          if (ended || late || over.aborted) return seen
          if (!hinted) await new Promise<void>(resolve => (notice = resolve))
        }
      } finally {
        over.removeEventListener('abort', ring)
        release()
        timer.cancel()
        leave()
      }
    },
    drain: () => draining.abort(),
    close() {
      draining.abort()
      unsubscribe.forEach(end => end())
    },
  }
}
