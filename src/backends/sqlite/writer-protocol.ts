import type { JobCounts } from './job-table.ts'
import type { PackedCalls } from './packed-calls.ts'
import type { PlainError } from './plain-error.ts'
import type { StoreMeta } from './store-file.ts'

/** What the main thread asks of the writer's; each request has exactly one reply, in order. */
export type WriterRequest =
  | { readonly type: 'batch'; readonly cells: PackedCalls['cells']; readonly now: number }
  /** Puts the prepared store at `incoming` in the place of the present one. */
  | { readonly type: 'swap'; readonly incoming: string; readonly now: number }
  | { readonly type: 'close' }

export type WriterReply =
  /** The first of all, after the thread has opened the store. */
  | { readonly type: 'opened'; readonly meta: StoreMeta; readonly jobs: JobCounts }
  | {
      readonly type: 'batch'
      /** What each unit returned. */
      readonly values: readonly unknown[]
      /** What became of those that failed, by their place in the batch. */
      readonly failures: ReadonlyMap<number, PlainError>
      readonly jobs: JobCounts
      readonly tookMs: number
    }
  | { readonly type: 'swapped'; readonly kept: string; readonly meta: StoreMeta; readonly jobs: JobCounts }
  | { readonly type: 'closed' }
  /** The request as a whole failed. */
  | { readonly type: 'failed'; readonly error: PlainError }
