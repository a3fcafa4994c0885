import type { Item, Occurrence, TimeWindow } from '../../../core/item.ts'

/** Calendars as they are here, through a cache: what it answers is as the copies are, or were at `freshAt`. */
export interface CalendarApi {
  calendars(userId: string): Promise<Cached<readonly CalendarView[]>>
  /**
   * Ascending by start; of one calendar when it is named. `EC_FIELD_INVALID` for a window that is none or is longer than a
   * year, `EC_NOT_FOUND` for a calendar that is not the user's.
   */
  events(userId: string, window: TimeWindow, calendar: string | null): Promise<Cached<readonly CalendarOccurrence[]>>
  /** An event by the provider's own id, in each calendar that has it. `EC_NOT_FOUND` when none does. */
  event(userId: string, id: string): Promise<Cached<readonly CalendarItem[]>>
}

export interface Cached<Value> {
  readonly value: Value
  readonly hit: boolean
  /** When the oldest of the copies was read from its provider, ms since 1970; null = one was never read. */
  readonly freshAt: number | null
  /** Calendars that were never read to the end: of them nothing is known, not that they are free. */
  readonly incomplete: readonly string[]
}

export interface CalendarView {
  /** Of the resource. */
  readonly id: string
  readonly name: string
  readonly provider: string
  /** Address of the account. */
  readonly account: string
  readonly items: number
  readonly freshAt: number | null
}

export interface CalendarOccurrence extends Occurrence {
  /** The resource. */
  readonly calendar: string
}

export interface CalendarItem extends Item {
  /** The resource. */
  readonly calendar: string
}

export interface CacheApi {
  list(prefix: string): Promise<readonly { readonly key: string; readonly expiresInMs: number }[]>
  /** How many went. */
  clear(prefix: string): Promise<number>
}
