import type { Sql } from './connection.ts'
import type { HeadTable } from './head-table.ts'
import type { JobTable } from './job-table.ts'
import type { KeyIndex } from './key-index.ts'

/**
 * What a unit works with. A unit is one atomic piece of the pipeline: it runs inside the
 * transaction of a batch, on the writer's thread, and must leave nothing behind when it throws: a batch in which a unit
 * failed is taken back and run again. So whatever it changes in memory is either registered with `onRollback`, or done
 * only by `afterCommit`.
 */
export interface UnitContext {
  readonly sql: Sql
  readonly jobs: JobTable
  readonly keys: KeyIndex
  readonly heads: HeadTable
  /** Users that have a row, so that first use costs one look. */
  readonly knownUsers: Set<string>
  /** Events of late that are known to have gone out by push. */
  readonly pushed: Set<string>
  /** The newest notification of each resource in this batch; written once, at its end. */
  readonly lastNotificationAt: Map<string, number>
  /** Runs once the batch is durable, in order. */
  afterCommit(run: () => void): void
  /** Takes back a change of memory when the unit or its whole batch fails; newest first. */
  onRollback(run: () => void): void
}
