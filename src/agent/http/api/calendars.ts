import type { Occurrence, TimeWindow } from '../../../core/item.ts'

/** Calendars as they are here, through a cache. */
export interface CalendarApi {
  calendars(userId: string): Promise<Cached<readonly CalendarView[]>>
  /** Ascending by start. `EC_FIELD_INVALID` for a window that is none or is longer than a year. */
  events(userId: string, window: TimeWindow, calendar: string | null): Promise<Cached<readonly CalendarOccurrence[]>>
}

export interface Cached<Value> {
  readonly value: Value
  readonly hit: boolean
  /** When the oldest of the copies was read from its provider, ms since 1970; null = one was never read. */
  readonly freshAt: number | null
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

export interface CacheApi {
  list(prefix: string): Promise<readonly { readonly key: string; readonly expiresInMs: number }[]>
  /** How many went. */
  clear(prefix: string): Promise<number>
}
