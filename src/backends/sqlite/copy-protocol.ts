import type { PlainError } from './plain-error.ts'

/** What a copying thread is started with. */
export type CopyTask =
  | { readonly type: 'back up'; readonly file: string; readonly target: string }
  /** Makes of a backup a store under a new epoch, ready to take the place of another. */
  | {
      readonly type: 'prepare replacement'
      readonly backup: string
      readonly incoming: string
      readonly epoch: string
    }

/** Its one word. */
export type CopyReply = { readonly ok: true } | { readonly ok: false; readonly error: PlainError }
