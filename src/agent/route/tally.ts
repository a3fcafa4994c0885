import { CAPPED_CHANNELS, type CappedChannel } from '../../core/preferences.ts'
import type { Sent } from './facts.ts'

/** How many events went to people who bounded that, over the last hour and day. Instants in ms. */
export interface Tally {
  /** Without `except`, an event that may have been counted before. */
  count(userId: string, now: number, except?: string): Readonly<Record<CappedChannel, Sent>>
  /** The same event on the same channel counts once. */
  note(userId: string, channel: CappedChannel, eventId: string, at: number): void
  /** An event that came to nothing after all. */
  forget(userId: string, eventId: string): void
}

interface Going {
  readonly channel: CappedChannel
  readonly eventId: string
  readonly at: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Beyond it the user who was looked at longest ago starts over. */
const MAX_USERS = 10_000

/**
 * Sliding windows in memory. They begin anew with the agent: a cap keeps a person from being disturbed too often, it is
 * no promise to anybody, and to write a line for each would make every emit dearer. What a restart costs is at most the
 * cap once more.
 */
export function createTally(): Tally {
  const goings = new Map<string, readonly Going[]>()

  function recent(userId: string, now: number): readonly Going[] {
    // A clock that was set back would count for ever what lies ahead of it.
    const kept = (goings.get(userId) ?? []).filter(({ at }) => at > now - DAY_MS && at <= now)
    goings.delete(userId)
    if (kept.length > 0) goings.set(userId, kept)
    return kept
  }

  return {
    count(userId, now, except) {
      const all = recent(userId, now).filter(({ eventId }) => eventId !== except)
      const [push, email] = CAPPED_CHANNELS.map(channel => {
        const day = all.filter(going => going.channel === channel)
        return { hour: day.filter(({ at }) => at > now - HOUR_MS).length, day: day.length }
      })
      return { push: push ?? NONE, email: email ?? NONE }
    },
    note(userId, channel, eventId, at) {
      const all = recent(userId, at)
      if (all.some(going => going.channel === channel && going.eventId === eventId)) return
      const [oldest] = goings.keys()
      if (goings.size >= MAX_USERS && oldest !== undefined) goings.delete(oldest)
      goings.set(userId, [...all, { channel, eventId, at }])
    },
    forget(userId, eventId) {
      const all = goings.get(userId)
      if (all)
        goings.set(
          userId,
          all.filter(going => going.eventId !== eventId),
        )
    },
  }
}

const NONE: Sent = { hour: 0, day: 0 }
