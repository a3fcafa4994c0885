import type { Clock } from '../../../core/clock.ts'
import type { EventInput } from '../../../core/event-schema.ts'

/** An event for the operator, but for whose it is. */
export type OperatorAlert = Omit<EventInput, 'user_id'>

/** Tells the operator what he has to mend; the same word of one day, or of one address, only once. */
export interface OperatorWord {
  /** `cause` tells one trouble from another. */
  trouble(cause: string, reason: string): void
  suppressed(address: string, reason: string): void
}

const DAY_MS = 86_400_000
/** What the contract of events takes. */
const MAX_KEY = 255

export function createOperatorWord(tell: (alert: OperatorAlert) => void, clock: Clock): OperatorWord {
  /** The day on which each trouble was told last. The keys of the events hold beyond a restart. */
  const told = new Map<string, number>()

  return {
    trouble(cause, reason) {
      const day = Math.floor(clock.now() / DAY_MS)
      if (told.get(cause) === day) return
      told.set(cause, day)
      tell({
        type: 'system.alert',
        level: 'error',
        title: 'The mail server does not take our mail',
        body: `${reason}\nMail waits and is tried again. See \`ec doctor\`.`,
        service: 'ec',
        // By mail nobody would hear of it.
        channels: ['ws', 'push'],
        collapse_key: `smtp:${cause}`,
        idempotency_key: `smtp:${cause}:${day}`,
        data: { cause },
      })
    },
    suppressed(address, reason) {
      tell({
        type: 'system.alert',
        level: 'warning',
        title: 'An address takes no mail any more',
        body: `${address}: ${reason}\nNothing more is sent there. \`ec email lift ${address}\` tries it again.`,
        service: 'ec',
        channels: ['ws', 'push'],
        collapse_key: `suppressed:${address}`.slice(0, MAX_KEY),
        data: { address },
      })
    },
  }
}
