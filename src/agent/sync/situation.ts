import type { Account } from '../../core/account.ts'
import type { Resource } from '../../core/resource.ts'
import type { WebhookSubscription } from '../../core/subscription.ts'
import type { SyncState } from '../../core/sync.ts'
import type { Provider, Reader } from '../../providers/provider.ts'
import type { Twin } from './twins.ts'

/** All that is known of a synced resource; whatever is decided of it is decided by this and the time. */
export interface Situation {
  readonly resource: Resource
  readonly state: SyncState
  /** Null = it has gone. */
  readonly account: Account | null
  readonly provider: Provider
  /** The newest that is active; null = there is none. */
  readonly subscription: WebhookSubscription | null
  /** Others that the provider may still deliver by: superseded ones, and those that nobody has heard of again. */
  readonly others: readonly WebhookSubscription[]
  /** The one that was asked for last, whatever came of it. */
  readonly tried: WebhookSubscription | null
  /** Switched off for all, or for this one. */
  readonly webhooks: 'on' | 'off' | 'off_here'
  /** Where a subscription would deliver to; null = nowhere. */
  readonly address: string | null
  /** The same of the same user, seen through other accounts. */
  readonly twins: readonly Twin[]
}

/** One that can be read. */
export interface Readable extends Situation {
  readonly account: Account
  readonly reader: Reader
}
