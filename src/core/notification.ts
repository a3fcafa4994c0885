/** The request as it came in: header names in lower case, `body` the raw bytes that the signature covers. */
export interface RawRequest {
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly remoteAddress: string
}

/**
 * `accepted`: durable, its job waits or runs. `held`: stored while its resource is paused. `processed`: its effects are
 * committed. `syncing`: the read that it causes is asked for, and ends its processing. `dead`: its job used up its attempts. `quarantined`: refused, kept with the reason.
 */
export const NOTIFICATION_STATES = ['accepted', 'held', 'syncing', 'processed', 'dead', 'quarantined'] as const
export type NotificationState = (typeof NOTIFICATION_STATES)[number]

/** A verified, normalised item received from a provider, as stored. Instants are ms since 1970. */
export interface Notification {
  /** `ntf_` and its number in the order of arrival; the store gives it. */
  readonly id: string
  readonly provider: string
  readonly resourceId: string
  /** What makes it idempotent within its resource; '' for one in quarantine. */
  readonly key: string
  /** The provider's word for what it is, as `push` or `BOOKING_CREATED`. */
  readonly kind: string
  readonly state: NotificationState
  readonly receivedAt: number
  readonly processedAt: number | null
  /** Why it was refused or died: a code of the catalogue. */
  readonly reason: string | null
  readonly detail: string | null
}

/** A stored notification with the request that brought it; both are null once retention has dropped the raw body. */
export interface NotificationRecord extends Notification {
  readonly headers: Readonly<Record<string, string>> | null
  readonly body: Uint8Array | null
}
