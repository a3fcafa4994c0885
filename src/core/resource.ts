/** The states of a resource's webhook subscription; `paused` is ours and stands beside them. */
export const HEALTH_STATES = ['starting', 'healthy', 'quiet', 'degraded', 'suspended', 'disabled'] as const
export type HealthState = (typeof HEALTH_STATES)[number]

/** One watched thing, of an account or alone. Instants are ms since 1970. Secrets are not part of it: they stay sealed. */
export interface Resource {
  /** A UUID; it stands in the webhook URL. */
  readonly id: string
  readonly provider: string
  /** The owner: events for what happens here go to this user. */
  readonly userId: string
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly state: HealthState
  readonly paused: boolean
  readonly hasSecret: boolean
  /** Of the account that it is read with; null = nothing is read, and a notification alone makes an event. */
  readonly accountId: string | null
  /** What of the account it is, as the provider calls it: a calendar's id, a mailbox's address. Null without an account. */
  readonly target: string | null
  readonly createdAt: number
  readonly lastNotificationAt: number | null
}
