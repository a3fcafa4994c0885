import type { ApiCall, ApiCallSum } from '../../core/api-call.ts'

/** The ledger of API calls, retention, copies. */
export interface UpkeepFacts {
  recordCalls(calls: readonly ApiCall[]): Promise<void>
  sumCalls(since: number): Promise<readonly ApiCallSum[]>
  /** Removes at most `slice` rows of each kind that retention no longer keeps; how many went. Call again until 0. */
  prune(retention: RetentionLimits, slice: number): Promise<number>
  /** Writes a consistent copy while everything goes on. `EC_FILE` when the file exists or cannot be written. */
  backup(file: string): Promise<void>
  /**
   * Takes the place of the present store by the backup in `file`, under a new epoch. The backup is checked first; what
   * was there is kept beside it, at the path that is returned. `EC_STORE_CORRUPT`, `EC_STORE_NEWER`, `EC_FILE`, and
   * `EC_SEAL_BROKEN` for one that was sealed with another master key.
   */
  restore(file: string): Promise<string>
}

/** Everything older than these instants (ms) may go. */
export interface RetentionLimits {
  readonly progressBefore: number
  readonly eventsBefore: number
  readonly bodiesBefore: number
  readonly notificationsBefore: number
  readonly callsBefore: number
  readonly jobsBefore: number
  readonly tracesBefore: number
  readonly engagementBefore: number
  readonly reportsBefore: number
  /** Of sign-in links and sessions: when they expired. */
  readonly sessionsBefore: number
}
