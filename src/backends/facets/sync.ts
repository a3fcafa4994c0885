import type { Item, TimeWindow } from '../../core/item.ts'
import type { NewJob } from '../../core/job.ts'
import type { SyncCause, SyncRun, SyncRunSum, SyncState } from '../../core/sync.ts'
import type { Page, PageQuery } from './pages.ts'

/** The copy of each synced resource, how far it goes, and what came of its reads. */
export interface SyncFacts {
  /** Null for a resource that is not synced. */
  getSync(resourceId: string): Promise<SyncState | null>
  listSyncs(query: SyncQuery): Promise<Page<SyncState>>
  /** Resources whose `nextAt` has come, the longest due first. */
  listDueSyncs(now: number, limit: number): Promise<readonly string[]>
  /** The earliest `nextAt`; null = none waits. */
  nextSyncAt(): Promise<number | null>
  /** The newest notification that waits for a read of the resource (`syncing`); null = none. */
  newestSyncing(resourceId: string): Promise<string | null>
  /**
   * Asks for a read. While a job of the resource waits or runs, it is that one which sees to it; else `job` is made. The job
   * that will, or null when the resource is not synced.
   */
  requestSync(request: SyncRequest): Promise<string | null>
  /** Changes the state by itself, outside of any pass. False when the resource is not synced. */
  patchSync(resourceId: string, patch: SyncPatch): Promise<boolean>

  /** Those of the ids that are here. */
  getItems(resourceId: string, ids: readonly string[]): Promise<readonly Item[]>
  /** Ascending by arrival. With a window: what lies in it, and all exceptions of the series among them. */
  listItems(resourceId: string, query: ItemQuery): Promise<Page<Item>>
  /** Items that no pass since `generation` has named, ascending by arrival. */
  listUnseen(resourceId: string, generation: number, limit: number): Promise<readonly Item[]>
  countUnseen(resourceId: string, generation: number): Promise<number>

  /** Newest last. */
  listSyncRuns(query: SyncRunQuery): Promise<Page<SyncRun & { readonly resourceId: string }>>
  /** Since an instant, by resource and type. */
  sumSyncRuns(since: number): Promise<readonly SyncRunSum[]>
  /** From the receipt of a notification to the end of its processing since an instant, of all resources, ms; null = none was. */
  syncLatency(since: number): Promise<{ readonly p50: number | null; readonly p99: number | null }>
}

export interface SyncQuery extends PageQuery {
  readonly userId?: string
  readonly accountId?: string
}

export interface ItemQuery extends PageQuery {
  readonly window?: TimeWindow
}

export interface SyncRunQuery extends PageQuery {
  readonly resourceId?: string
  readonly since?: number
}

export interface SyncRequest {
  readonly resourceId: string
  readonly cause: SyncCause
  /** Everything anew, in the place of what has changed. */
  readonly full: boolean
  /** A provider said that something changed; else we look of ourselves. */
  readonly announced: boolean
  readonly at: number
  /** Its `runAt` is the soonest that it wants. */
  readonly job: NewJob
  /** A job that waits longer than that is called forward; else it goes at its own time. */
  readonly hurry: boolean
}

export type SyncPatch = Partial<
  Pick<
    SyncState,
    | 'cursor'
    | 'cursorVersion'
    | 'generation'
    | 'pass'
    | 'failureCount'
    | 'nextAt'
    | 'lastSyncAt'
    | 'lastSyncType'
    | 'lastFullAt'
    | 'lastChangeAt'
    | 'error'
    | 'errorAt'
    | 'heldDeletion'
  >
>

/**
 * What a job of a resource's sync leaves behind, in the transaction that ends it. Writing the same items again changes
 * nothing. Items go, then come, and then the state is patched.
 */
export interface SyncEffect {
  readonly resourceId: string
  readonly items?: readonly ItemWrite[]
  /** Ids that go. */
  readonly removed?: readonly string[]
  /** Ids that have gone: their exceptions go too, if they are series, but for those among `items` and `kept`. */
  readonly removedSeries?: readonly string[]
  /** Ids of exceptions that stay without their series. */
  readonly kept?: readonly string[]
  readonly patch: SyncPatch
  /** The pass goes on: a job for its next part. */
  readonly next?: NewJob
  /** The pass has ended. */
  readonly end?: SyncEnd
}

export interface ItemWrite {
  readonly item: Item
  readonly generation: number
}

export interface SyncEnd {
  readonly run: SyncRun
  /** Of the pass: what was asked for later, or while it ran, takes `again`. */
  readonly seq: number
  readonly again: NewJob
  /** Notifications of the resource up to this one have been processed by it, or have died with it. */
  readonly through: string | null
}
