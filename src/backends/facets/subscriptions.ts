import type { WebhookSubscription, SubscriptionState } from '../../core/subscription.ts'
import type { Page, PageQuery } from './pages.ts'

/** What providers were asked to tell us of. */
export interface SubscriptionFacts {
  /** Keeps it as it is given; its id must be new. */
  addSubscription(subscription: WebhookSubscription): Promise<void>
  /** Null when there is none. */
  updateSubscription(id: string, patch: SubscriptionPatch): Promise<WebhookSubscription | null>
  getSubscription(id: string): Promise<WebhookSubscription | null>
  listSubscriptions(query: SubscriptionQuery): Promise<Page<WebhookSubscription>>
}

export type SubscriptionPatch = Partial<
  Pick<
    WebhookSubscription,
    'state' | 'remoteId' | 'address' | 'expiresAt' | 'verifiedAt' | 'lastNotificationAt' | 'endedAt'
  >
>

export interface SubscriptionQuery extends PageQuery {
  readonly resourceId?: string
  readonly userId?: string
  readonly state?: SubscriptionState
}
