import type { Page, SubscriptionQuery, SyncQuery, SyncRunQuery } from '../../../backends/store.ts'
import type { Resource } from '../../../core/resource.ts'
import type { WebhookSubscription } from '../../../core/subscription.ts'
import type { SyncMode, SyncRun, SyncRunSum, SyncState } from '../../../core/sync.ts'

/** The sync of resources, and what providers were asked to tell us of. */
export interface SyncApi {
  /** Of one that is not synced: null. */
  get(resourceId: string): Promise<SyncView | null>
  list(query: SyncQuery): Promise<Page<SyncView>>
  /** Reads what has changed, or everything, as soon as may be. `EC_CONFLICT` when the resource is not synced. */
  sync(
    resourceId: string,
    options: { readonly full: boolean; readonly confirmDeletion: boolean },
  ): Promise<{ readonly jobId: string }>
  /** Subscribes anew, whatever failed before: suspended and disabled ones too. */
  watch(resourceId: string): Promise<{ readonly jobId: string }>
  subscriptions(query: SubscriptionQuery): Promise<Page<WebhookSubscription>>
  subscription(id: string): Promise<WebhookSubscription>
  /** Replaces it by a new one, or extends it, now. */
  renew(id: string): Promise<{ readonly jobId: string }>
  /** Stops it at the provider; its resource is polled until it is watched again. */
  stop(id: string): Promise<{ readonly jobId: string }>
  runs(query: SyncRunQuery): Promise<Page<SyncRun & { readonly resourceId: string }>>
  sums(since: number): Promise<readonly SyncRunSum[]>
  /** What has been asked for of all resources of a user, by the older words: a task is a job. */
  setUpUser(userId: string): Promise<readonly { readonly jobId: string; readonly resourceId: string }[]>
}

export interface SyncView {
  readonly resource: Resource
  readonly state: SyncState
  readonly mode: SyncMode
  /** Why it is so, in a sentence for a person. */
  readonly because: string
  /** What the person can do; null = nothing is to be done. */
  readonly next: string | null
  readonly subscription: WebhookSubscription | null
  /** When the subscription is renewed; null = there is none. */
  readonly renewAt: number | null
}
