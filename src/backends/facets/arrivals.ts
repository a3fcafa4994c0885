import type { Notification } from '../../core/notification.ts'
import type { StoredEvent } from './events.ts'

/** What arrives, of everybody. */
export interface ArrivalFacts {
  /**
   * Notifications and events, of all users and resources, that came to the store after a position, in the order of their
   * arrival: the newest `limit` of each, and how many older ones that leaves out. `after: null` = the newest rows alone,
   * with nothing to leave out. A position holds for one epoch; `EC_USAGE` for one that was not given here. What takes the
   * place of rows that were removed from the very end, as of an erased user, may count as what was there before.
   */
  readArrivals(after: string | null, limit: number): Promise<Arrivals>
  /** Of these those that are still there, as they are now; in the order in which they were named. */
  readAgain(known: KnownRows): Promise<Pick<Arrivals, 'notifications' | 'events'>>
}

/** Rows ascend. Reading on after `position` brings each later arrival once. */
export interface Arrivals {
  readonly notifications: readonly Notification[]
  /** A scheduled one arrives when it is made, not again when it takes its place in the stream. */
  readonly events: readonly StoredEvent[]
  readonly skipped: { readonly notifications: number; readonly events: number }
  /** `[0-9.]`, at most 40 characters. */
  readonly position: string
}

/** Rows that somebody has been told of. */
export interface KnownRows {
  /** Ids. */
  readonly notifications: readonly string[]
  readonly events: readonly EventKey[]
}

/** An id is unique among the events of its user. */
export interface EventKey {
  readonly userId: string
  readonly id: string
}
