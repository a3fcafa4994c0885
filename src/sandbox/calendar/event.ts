import type { JsonRecord } from '../../core/peek.ts'
import type { Recurrence } from './recurrence.ts'
import type { When } from './when.ts'

/** An event as a calendar keeps it: a single one, a series (it has `recurrence`), or a changed instance of a series. */
export interface StoredEvent {
  readonly id: string
  /** Its place in the calendar, given once. */
  readonly seq: number
  /** The calendar's version at its last change. */
  readonly version: number
  readonly etag: string
  readonly status: 'confirmed' | 'tentative' | 'cancelled'
  readonly iCalUID: string
  readonly start: When
  readonly end: When
  readonly lines: readonly string[]
  /** What `lines` mean; null of what is no series. */
  readonly recurrence: Recurrence | null
  /** Of an instance: its series, and where it stood by the rule. */
  readonly seriesId: string | null
  readonly originalStart: When | null
  readonly sequence: number
  readonly created: number
  readonly updated: number
  /** The other fields of the resource, as they were given. */
  readonly fields: JsonRecord
  /** Of a series: instances that it had by rules of before, with the version at which they went. */
  readonly vanished: ReadonlyMap<string, { readonly originalStart: When; readonly version: number }>
}

export type EventDraft = Omit<StoredEvent, 'seq' | 'version' | 'etag'>
