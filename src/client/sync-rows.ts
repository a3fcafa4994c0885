import type { SubscriptionState } from '../core/subscription.ts'
import type { SyncCause, SyncMode, SyncPass, SyncType } from '../core/sync.ts'

/** How a resource learns of changes, how far its copy goes, and what comes next. Instants are RFC 3339. */
export interface SyncRow {
  readonly mode: SyncMode
  /** Why it is so, in a sentence. */
  readonly because: string
  /** What a person can do; null = nothing is to be done. */
  readonly next_step: string | null
  /** Whether the first read has come to its end; before that the copy lacks things. */
  readonly complete: boolean
  readonly items: number
  /** The read that is under way. */
  readonly pass: SyncPassRow | null
  /** The job that waits or runs. */
  readonly job: string | null
  readonly failure_count: number
  readonly next_at: string | null
  readonly last_sync_at: string | null
  readonly last_sync_type: SyncType | null
  readonly last_full_at: string | null
  readonly last_change_at: string | null
  readonly last_announced_at: string | null
  /** Of the last read when it failed. */
  readonly error: string | null
  readonly error_at: string | null
  /** A deletion that waits for a person's word. */
  readonly held_deletion: { readonly gone: number; readonly of: number } | null
  readonly subscription: SubscriptionRow | null
  readonly renew_at: string | null
}

export interface SyncPassRow extends Pick<
  SyncPass,
  'type' | 'cause' | 'phase' | 'pages' | 'read' | 'changed' | 'expected'
> {
  readonly started_at: string
}

/** What a provider was asked to tell us of. */
export interface SubscriptionRow {
  readonly id: string
  readonly resource: string
  readonly state: SubscriptionState
  readonly remote_id: string | null
  readonly address: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly verified_at: string | null
  readonly last_notification_at: string | null
  readonly ended_at: string | null
}

/** A read that has ended. */
export interface SyncRunRow {
  readonly resource: string
  readonly type: SyncType
  readonly cause: SyncCause
  readonly started_at: string
  readonly ended_at: string
  readonly pages: number
  readonly changed: number
  readonly error: string | null
}

/** How far an answer from copies can be relied on. */
export interface Freshness {
  /** When the oldest of the copies was read; null = one never was. */
  readonly fresh_at: string | null
  /** Calendars of which nothing is known yet; they are not free. */
  readonly incomplete: readonly string[]
}

export interface CalendarsReply extends Freshness {
  readonly calendars: readonly CalendarRow[]
}

export interface CalendarRow {
  /** Of the resource. */
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly account: string
  readonly items: number
  readonly fresh_at: string | null
}

export interface CalendarEventsReply extends Freshness {
  readonly events: readonly CalendarEventRow[]
}

/** One time at which an event takes place. */
export interface CalendarEventRow {
  readonly id: string
  readonly calendar: string
  /** The provider's id of the event that it comes from. */
  readonly event: string
  readonly series: string | null
  /** An instant; of whole days the first, as `2026-01-05`. */
  readonly start: string
  /** Of whole days the one after the last. */
  readonly end: string
  readonly all_day: boolean
  readonly title: string
  readonly busy: boolean
  readonly status: 'confirmed' | 'tentative'
  readonly location: string | null
  readonly url: string | null
}

export interface CalendarEventReply extends Freshness {
  readonly copies: readonly CalendarItemRow[]
}

export interface CalendarItemRow {
  readonly id: string
  readonly calendar: string
  readonly series: string | null
  readonly starts_at: string | null
  readonly ends_at: string | null
  readonly updated_at: string | null
  /** As the provider has it. */
  readonly source: Readonly<Record<string, unknown>>
}

export interface CacheReply {
  readonly entries: readonly { readonly key: string; readonly expires_in_ms: number }[]
}

/** What is done in its own time: the job that does it. */
export interface JobReply {
  readonly job_id: string
}
