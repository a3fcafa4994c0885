import type { JobCounts } from './job-table.ts'
import type { PlainError } from './plain-error.ts'
import type { StoreMeta, UnitCall, UnitOutcome } from './store-file.ts'

/** What the main thread asks of the writer's; each request has exactly one reply, in order. */
export type WriterRequest =
  | { readonly type: 'batch'; readonly calls: readonly UnitCall[]; readonly now: number }
  /** Puts the prepared store at `incoming` in the place of the present one. */
  | { readonly type: 'swap'; readonly incoming: string; readonly now: number }
  | { readonly type: 'close' }

export type WriterReply =
  /** The first of all, after the thread has opened the store. */
  | { readonly type: 'opened'; readonly meta: StoreMeta; readonly jobs: JobCounts }
  | {
      readonly type: 'batch'
      readonly outcomes: readonly UnitOutcome[]
      readonly jobs: JobCounts
      readonly tookMs: number
    }
  | { readonly type: 'swapped'; readonly kept: string; readonly meta: StoreMeta; readonly jobs: JobCounts }
  | { readonly type: 'closed' }
  /** The request as a whole failed. */
  | { readonly type: 'failed'; readonly error: PlainError }
