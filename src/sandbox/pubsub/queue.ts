import type { Clock } from '../../core/clock.ts'
import type { Random } from '../random.ts'
import type { Message } from './message.ts'

/** A message that a subscription has not had acknowledged. */
export interface Held {
  readonly message: Message
  /** How often it was given out. */
  attempts: number
  /** Nobody is given it before then: the deadline of whoever has it, or the wait after a refusal. */
  notBefore: number
  /** By which the one who has it now can acknowledge it; '' when nobody has it. */
  ackId: string
}

/** What waits in one subscription. Bounded: the oldest goes when there is no room. */
export interface MessageQueue {
  add(message: Message): Held
  /** Gives out up to `max` messages for `deadlineMs`. */
  take(max: number, deadlineMs: number): readonly Held[]
  /** Gives out this one, if it is still there. */
  lend(held: Held, deadlineMs: number): boolean
  has(held: Held): boolean
  remove(held: Held): void
  /** Ids that are known no longer are passed over, as the deadline may have come first. */
  acknowledge(ackIds: readonly string[]): void
  /** Another deadline from now; 0 = give it to somebody else at once. */
  extend(ackIds: readonly string[], deadlineMs: number): void
  /** Resolves when something may be there to take, or after `ms`, or with the signal. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  wake(): void
  dropOlder(publishedBefore: number): void
  readonly size: number
  /** When the first that is out comes back; null when none is. */
  readonly nextAt: number | null
}

const MAX_MESSAGES = 10_000

export function createQueue(clock: Clock, random: Random): MessageQueue {
  const queue = new Set<Held>()
  const waiting = new Set<() => void>()

  function lend(held: Held, deadlineMs: number): boolean {
    if (!queue.has(held)) return false
    held.attempts += 1
    held.notBefore = clock.now() + deadlineMs
    held.ackId = random.text(32)
    return true
  }

  function wake(): void {
    for (const run of Array.from(waiting)) run()
  }

  function byAckId(ackIds: readonly string[]): readonly Held[] {
    const wanted = new Set(ackIds)
    const now = clock.now()
    return [...queue].filter(held => held.ackId !== '' && wanted.has(held.ackId) && held.notBefore > now)
  }

  return {
    lend,
    wake,
    add(message) {
      const held: Held = { message, attempts: 0, notBefore: 0, ackId: '' }
      queue.add(held)
      const [oldest] = queue
      if (queue.size > MAX_MESSAGES && oldest !== undefined) queue.delete(oldest)
      wake()
      return held
    },
    take(max, deadlineMs) {
      const now = clock.now()
      const free = [...queue].filter(held => held.notBefore <= now).slice(0, max)
      return free.filter(held => lend(held, deadlineMs))
    },
    has: held => queue.has(held),
    remove: held => void queue.delete(held),
    acknowledge(ackIds) {
      for (const held of byAckId(ackIds)) queue.delete(held)
    },
    extend(ackIds, deadlineMs) {
      for (const held of byAckId(ackIds)) held.notBefore = clock.now() + deadlineMs
      if (deadlineMs === 0) wake()
    },
    wait: (ms, signal) =>
      new Promise(resolve => {
        const timer = clock.setTimer(done, ms)
        waiting.add(done)
        signal.addEventListener('abort', done, { once: true })
        function done(): void {
          timer.cancel()
          waiting.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
      }),
    dropOlder(publishedBefore) {
      for (const held of queue) if (held.message.publishedAt < publishedBefore) queue.delete(held)
    },
    get size() {
      return queue.size
    },
    get nextAt() {
      let first: number | null = null
      for (const { notBefore } of queue) if (first === null || notBefore < first) first = notBefore
      return first
    },
  }
}
