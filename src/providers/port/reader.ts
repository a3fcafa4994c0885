import type { Account } from '../../core/account.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { Change, Item, ItemChange, Occurrence, TimeWindow } from '../../core/item.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { AccountContext } from './context.ts'

/**
 * Reads what a resource holds, page by page. Errors: `EC_CURSOR_EXPIRED` when the cursor or the page is no longer good,
 * `EC_SCOPE_MISSING`, `EC_API_DISABLED`, `EC_TARGET_GONE`, `EC_RATE_LIMITED` (with `retryAfterMs`), else `EC_PROVIDER`.
 */
export interface Reader {
  /** What a cursor is bound to, as the parameters of the list: a cursor that was had with another is void. */
  readonly version: string
  /** Whether a target is the same thing to every account that sees it, as a calendar that is shared. None = no. */
  readonly sharedTargets?: boolean
  /** Whether a read without a cursor lists everything there is, so that what it does not name has gone. */
  readonly whole: boolean
  readPage(ctx: AccountContext, resource: Resource, from: ReadFrom): Promise<ReadPage>
  /**
   * The events for the owner of one change; none for what is not worth one. `now` tells what lies in the past. Pure and
   * total.
   */
  describe(change: ItemChange, resource: Resource, account: Account, now: number): readonly EventInput[]
  /** Whether a read up to this cursor has seen what the notification announces, so that it asks for none. None = never. Pure. */
  covers?(notification: NotificationRecord, cursor: string): boolean
  /** When the items of a calendar take place within a window, ascending. Pure. */
  occurrences?(items: readonly Item[], window: TimeWindow): readonly Occurrence[]
}

export interface ReadFrom {
  /** Null = everything. */
  readonly cursor: string | null
  /** Null = the first page. */
  readonly page: string | null
  /** Of a read of everything where only the new can be read: from there on, ms since 1970; null = the usual. */
  readonly since: number | null
}

export interface ReadPage {
  readonly changes: readonly Change[]
  /** A page may be empty and still have a next one. */
  readonly next: { readonly page: string } | { readonly cursor: string }
  /** How many items there may be in all, where the provider says. */
  readonly expected?: number
}
