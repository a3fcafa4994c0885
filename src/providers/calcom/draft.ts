import type { Level } from '../../core/event.ts'
import type { JsonRecord } from '../../core/peek.ts'

/** A notification as the describers see it. */
export interface Delivery {
  /** `BOOKING_CREATED`, or `unknown`. */
  readonly trigger: string
  readonly payload: JsonRecord
  /** ms since 1970; decides only whether a year is said. */
  readonly receivedAt: number
}

/** What a describer says of a delivery. */
export interface Draft {
  readonly title: string
  readonly body?: string
  readonly level?: Level
  readonly url?: string
  readonly urlLabel?: string
  readonly actor?: string
  /** The booking that it concerns; it ties events together. */
  readonly uid?: string
  readonly data?: Readonly<Record<string, string | number | boolean | null>>
}

export type Describer = (delivery: Delivery) => Draft
