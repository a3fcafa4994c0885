import type { Account } from '../../core/account.ts'
import type { AccountContext } from './context.ts'
import type { ParsedNotification, RefusedItem } from './receiver.ts'

/** A source that we hold open, where no webhook reaches us: Pub/Sub pull. */
export interface Stream {
  /** Null = the account is not set up for it; else what tells one stream from another: accounts may share one. */
  keyOf(account: Account): string | null
  /**
   * Runs until the signal aborts. `accept` resolves once what it is given is durable, and the acknowledgement follows; when it
   * rejects, the provider delivers again. Rejects with the errors of a reader; whoever runs it begins anew after a while.
   */
  run(ctx: AccountContext, accept: AcceptStreamed): Promise<void>
}

/** `refused` is authentic and of no use: it is set aside, and acknowledged, or it would come again for days. */
export type AcceptStreamed = (items: readonly StreamedItem[], refused: readonly RefusedItem[]) => Promise<void>

/** A notification that came by a stream, with whom it is for. */
export interface StreamedItem extends ParsedNotification {
  /** The resource's target. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}
