/**
 * `registering`: kept before it is asked for, since its first notification may be here before the answer. `superseded`: its
 * successor is active, and it is still to be stopped. `ended`: stopped, expired or refused.
 */
export const SUBSCRIPTION_STATES = ['registering', 'active', 'superseded', 'ended'] as const
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number]

/** Our record of a delivery set-up at a provider: a Google channel, a Gmail watch. Instants are ms since 1970. */
export interface WebhookSubscription {
  /** A UUID; the channel's id, where the provider lets us choose it. */
  readonly id: string
  readonly resourceId: string
  readonly state: SubscriptionState
  /** What the provider calls it, without which it may not be stopped; null while that is not known. */
  readonly remoteId: string | null
  /** Where it delivers: our webhook URL, or the topic of a stream. */
  readonly address: string
  readonly createdAt: number
  /** As the provider says; null while that is not known. */
  readonly expiresAt: number | null
  /** The first notification of it: the whole way has been proved. */
  readonly verifiedAt: number | null
  readonly lastNotificationAt: number | null
  readonly endedAt: number | null
}
