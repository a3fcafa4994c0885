import type { JobState } from '../core/job.ts'
import type { EventRow, NotificationRow } from './rows.ts'

/** What an agent has done since it started; a restart begins at 0. */
export interface ActivityTotals {
  /** Webhook notifications that were accepted. */
  readonly notifications: number
  /** Webhook requests that were refused, for whatever reason. */
  readonly refused: number
  /** Events that took their place in a stream. */
  readonly events: number
  /** Events written to WebSocket and SSE clients, each client counted. */
  readonly deliveries: number
  /** Jobs that ended, done or dead. */
  readonly jobs: number
  /** API calls to providers. */
  readonly calls: number
}

/**
 * What came since the last frame, of all users, oldest first. Frames come at most four times a second while something
 * happens, and every five seconds when nothing does. In a rush a frame carries the newest rows and says how many it left
 * out; `ec events list` and `ec notifications list` have them all.
 */
export interface ActivityFrame {
  /** RFC 3339. */
  readonly at: string
  readonly instance: string
  readonly uptime_s: number
  readonly notifications: readonly NotificationRow[]
  readonly events: readonly EventRow[]
  readonly skipped: { readonly notifications: number; readonly events: number }
  /** What came before, and is different by now. */
  readonly changed: { readonly notifications: readonly NotificationRow[]; readonly events: readonly EventChange[] }
  readonly totals: ActivityTotals
  readonly jobs: Readonly<Record<JobState, number>>
  /** Open WebSocket and SSE connections. */
  readonly clients: number
}

/** An event's state as it is now. */
export type EventChange = Pick<EventRow, 'user_id' | 'id' | 'state' | 'answered_at'>

/** `lost` says why; the client tries again by itself. */
export type ActivityItem =
  | { readonly type: 'connected' }
  | { readonly type: 'frame'; readonly frame: ActivityFrame }
  | { readonly type: 'lost'; readonly code: string; readonly message: string }
