import type { NewJob } from '../../core/job.ts'
import type { Notification, NotificationRecord, NotificationState } from '../../core/notification.ts'
import type { Page, PageQuery } from './pages.ts'

/** What came in from providers. */
export interface NotificationFacts {
  /** Stores a request's notifications, each with its job, unless its resource is paused (`held`). Idempotent by key. */
  acceptNotifications(batch: readonly NewNotification[]): Promise<readonly Acceptance[]>
  /** Keeps a refused request; the oldest go beyond `limit` rows. Its id. */
  quarantine(refused: Refusal, limit: number): Promise<string>
  /** Makes a job for each notification that was held while the resource was paused; how many. */
  releaseHeld(resourceId: string, job: NotificationJob): Promise<number>
  listNotifications(query: NotificationQuery): Promise<Page<Notification>>
  /** `ahead`: so many that came after it will be asked for in this turn of the loop too, and may be read along. */
  getNotification(id: string, ahead?: number): Promise<NotificationRecord | null>
}

export interface NewNotification {
  readonly provider: string
  readonly resourceId: string
  readonly key: string
  readonly kind: string
  readonly receivedAt: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The work that it causes; the store adds `{ notification: ID }` as the payload. Null: its resource is paused. */
  readonly job: NotificationJob | null
}

export type NotificationJob = Omit<NewJob, 'payload'>

export interface Acceptance {
  readonly outcome: 'accepted' | 'duplicate'
  /** The stored notification's id: the first one's for a duplicate. */
  readonly id: string
}

export interface Refusal {
  readonly provider: string
  readonly resourceId: string
  readonly kind: string
  readonly receivedAt: number
  readonly headers: Readonly<Record<string, string>>
  /** Cut by the caller to what quarantine keeps. */
  readonly body: Uint8Array
  readonly reason: string
  readonly detail: string
}

export interface NotificationQuery extends PageQuery {
  readonly provider?: string
  readonly resourceId?: string
  readonly state?: NotificationState
  /** Received at or after, ms. */
  readonly since?: number
}
