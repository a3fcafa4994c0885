import type { JsonObject } from './json.ts'

/** One thing of a resource as its provider has it: a calendar's event, a mail. Instants are ms since 1970. */
export interface Item {
  /** The provider's own id; unique within the resource. */
  readonly id: string
  /** Changes whenever the item does: an ETag. Null = only comparing tells. */
  readonly version: string | null
  /** When it was changed last, as the provider says; null = it does not. */
  readonly updatedAt: number | null
  /** Where it lies in time, for windows: `endsAt` null with a start = without end, as a series. Both null = nowhere. */
  readonly startsAt: number | null
  readonly endsAt: number | null
  /** The id of the series that it is an exception of. */
  readonly series: string | null
  /** As the provider sent it. */
  readonly json: JsonObject
}

/** What a provider's list says. A delete of what we do not have is nothing; that of a series takes its exceptions along. */
export type Change =
  | { readonly type: 'upsert'; readonly item: Item }
  | { readonly type: 'delete'; readonly id: string; readonly updatedAt: number | null }

/** A change that was one, beside what we had. `before` null = new to us, `after` null = gone. */
export interface ItemChange {
  readonly before: Item | null
  readonly after: Item | null
  /** Of an exception, its series as it is here; null or missing when that is not known. */
  readonly series?: Item | null
}

/** From `from` up to and without `to`, ms since 1970. */
export interface TimeWindow {
  readonly from: number
  readonly to: number
}

/** One time at which a calendar's event takes place; a series has many. */
export interface Occurrence {
  /** Unique within the calendar, and the same when it is moved: it goes by the original start. */
  readonly id: string
  /** The item that it comes from. */
  readonly item: string
  readonly series: string | null
  /** ms since 1970; of one that takes whole days, midnight UTC of the first day and of the one after the last. */
  readonly start: number
  readonly end: number
  readonly allDay: boolean
  readonly title: string
  /** Whether it keeps the person from other things. */
  readonly busy: boolean
  readonly status: 'confirmed' | 'tentative'
  readonly location: string | null
  readonly url: string | null
}
