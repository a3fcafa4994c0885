import type { Account } from '../../core/account.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { AccountContext } from './context.ts'

/** Delivery set-ups at the provider. Errors are those of a reader, and `EC_NOT_WATCHABLE` for what never can be watched. */
export interface Subscriptions {
  /** What is asked for; what is got may be less. */
  readonly maxLifetimeMs: number
  /** Renewed at the latest after this long, however much of its life is left; none = before the end of its life. */
  readonly renewAfterMs?: number
  /** `recreate`: a new one beside the old. `extend`: the same, longer. */
  readonly renewal: 'recreate' | 'extend'
  /** Whether this resource of the account has where to deliver to: a webhook needs a URL, a stream its topic. */
  addressFor(resource: Resource, account: Account, webhookUrl: string | null): string | null
  /** `id` and `secret` are ours; the first notification may come before the answer. Asking for more again does no harm. */
  create(ctx: AccountContext, resource: Resource, wanted: WantedSubscription): Promise<GotSubscription>
  /** Idempotent: one that is gone is stopped. */
  stop(
    ctx: AccountContext,
    resource: Resource,
    subscription: { readonly id: string; readonly remoteId: string | null },
  ): Promise<void>
  /** Which subscription a notification came by, in the provider's words; null = it does not say. Pure. */
  origin(notification: NotificationRecord): { readonly id: string; readonly remoteId: string | null } | null
  /** Whether a notification only proves the way, and announces nothing. Pure. */
  isProof(notification: NotificationRecord): boolean
}

export interface WantedSubscription {
  readonly id: string
  readonly address: string
  readonly secret: string
  readonly expiresAt: number
}

export interface GotSubscription {
  readonly remoteId: string | null
  readonly expiresAt: number
}
