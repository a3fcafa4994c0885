import { SYNC_CAUSES, type SyncCause } from '../../../core/sync.ts'
import type { SyncEffect, SyncEnd, SyncPatch, SyncRequest } from '../../store.ts'
import { fromRowId, toRowId } from '../row-id.ts'
import type { UnitContext } from '../unit.ts'
import { writeItems, type PackedItem } from './items.ts'

/** An effect on its way to the writer's thread: items as texts, which cross cheaper than objects. */
export type PackedSync = Omit<SyncEffect, 'items'> & { readonly items: readonly PackedItem[] }

interface AskedRow {
  readonly n: number
  readonly seq: number
  readonly asked_seq: number
  readonly asked_cause: SyncCause | null
  readonly job: number | null
}

const ASKED = 'resource_n as n, seq, asked_seq, asked_cause, job'

export function addSync(ctx: UnitContext, resourceN: number): void {
  ctx.sql('insert into syncs (resource_n) values (?)').run(resourceN)
}

/** The copy of a resource and all that is known of it. */
export function forgetCopy(ctx: UnitContext, resourceN: number): void {
  for (const table of ['syncs', 'items', 'sync_runs', 'subscriptions'] as const) {
    ctx.sql(`delete from ${table} where resource_n = ?`).run(resourceN)
  }
}

export function requestSync(ctx: UnitContext, request: SyncRequest): string | null {
  const { resourceId, cause, full, announced, at, job, hurry } = request
  const row = rowOf(ctx, resourceId)
  if (row === null) return null
  ctx
    .sql(
      `update syncs set seq = seq + 1, asked_seq = seq + 1, asked_cause = ?, asked_full = max(asked_full, ?),
         last_announced_at = iif(?, ?, last_announced_at) where resource_n = ?`,
    )
    .run(stronger(row.asked_cause, cause), full ? 1 : 0, announced ? 1 : 0, at, row.n)
  if (row.job !== null && isAlive(ctx, row.job)) {
    if (hurry) callForward(ctx, row.job, job.runAt, at)
    return toRowId('job', row.job)
  }
  const made = ctx.jobs.insert(ctx, job, at)
  ctx.sql('update syncs set job = ? where resource_n = ?').run(made, row.n)
  return toRowId('job', made)
}

export function patchSync(ctx: UnitContext, resourceId: string, patch: SyncPatch): boolean {
  const row = rowOf(ctx, resourceId)
  if (row === null) return false
  applyPatch(ctx, row.n, patch)
  return true
}

/** What a job of the sync leaves behind; nothing when its resource has gone. */
export function applySync(ctx: UnitContext, effect: PackedSync, at: number): void {
  const row = rowOf(ctx, effect.resourceId)
  if (row === null) return
  const { removed = [], removedSeries = [], kept = [] } = effect
  writeItems(ctx, row.n, effect.items, { removed, removedSeries, kept })
  applyPatch(ctx, row.n, effect.patch)
  // What was asked for before the pass began, it has taken on.
  const seq = effect.end?.seq ?? effect.patch.pass?.seq ?? 0
  if (row.asked_cause !== null && row.asked_seq <= seq) {
    ctx.sql('update syncs set asked_cause = null, asked_full = 0 where resource_n = ?').run(row.n)
  }
  const next = effect.end === undefined ? (effect.next ?? null) : row.seq > seq ? effect.end.again : null
  const job = next === null ? null : ctx.jobs.insert(ctx, next, at)
  ctx.sql('update syncs set job = ? where resource_n = ?').run(job, row.n)
  if (effect.end) endPass(ctx, { n: row.n, resourceId: effect.resourceId, end: effect.end, at })
}

interface PassEnd {
  readonly n: number
  readonly resourceId: string
  readonly end: SyncEnd
  readonly at: number
}

function endPass(ctx: UnitContext, { n, resourceId, end, at }: PassEnd): void {
  const { run, through } = end
  const covered = through === null ? NOTHING : settleNotifications(ctx, resourceId, through, run.error, at)
  ctx
    .sql(
      `insert into sync_runs (resource_n, type, cause, started_at, ended_at, pages, changed, notifications, notified_at,
         error) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      n,
      run.type,
      run.cause,
      run.startedAt,
      run.endedAt,
      run.pages,
      run.changed,
      covered.count,
      covered.first,
      run.error,
    )
}

interface Covered {
  readonly count: number
  /** When the first of them had come. */
  readonly first: number | null
}

const NOTHING: Covered = { count: 0, first: null }

function settleNotifications(
  ctx: UnitContext,
  resourceId: string,
  through: string,
  error: string | null,
  at: number,
): Covered {
  const last = fromRowId('ntf', through)
  const covered = ctx
    .sql<Covered>(
      `select count(*) as count, min(received_at) as first from notifications
       where resource_id = ? and state = 'syncing' and n <= ?`,
    )
    .get(resourceId, last)
  ctx
    .sql(
      `update notifications set state = ?, processed_at = ?, reason = ?
       where resource_id = ? and state = 'syncing' and n <= ?`,
    )
    .run(error === null ? 'processed' : 'dead', at, error, resourceId, last)
  return covered ?? NOTHING
}

function rowOf(ctx: UnitContext, resourceId: string): AskedRow | null {
  const row = ctx
    .sql<AskedRow>(`select ${ASKED} from syncs where resource_n = (select n from resources where id = ?)`)
    .get(resourceId)
  return row ?? null
}

function stronger(one: SyncCause | null, other: SyncCause): SyncCause {
  return one !== null && SYNC_CAUSES.indexOf(one) > SYNC_CAUSES.indexOf(other) ? one : other
}

/** Waits or runs: a row in hand says still where it came from. */
function isAlive(ctx: UnitContext, n: number): boolean {
  return ctx.sql(`select 1 from jobs where n = ? and state in ('ready', 'delayed')`).get(n) !== undefined
}

function callForward(ctx: UnitContext, n: number, runAt: number, at: number): void {
  if (ctx.jobs.running.has(n)) return
  const state = runAt > at ? 'delayed' : 'ready'
  const { changes } = ctx
    .sql(`update jobs set run_at = ?, state = ? where n = ? and state = 'delayed' and run_at > ?`)
    .run(runAt, state, n, runAt)
  if (changes === 0) return
  if (state === 'ready') ctx.jobs.count(ctx, 'delayed', 'ready')
  ctx.jobs.changed(ctx)
}

function applyPatch(ctx: UnitContext, n: number, patch: SyncPatch): void {
  const set = (column: string, value: string | number | null | undefined): void => {
    if (value !== undefined) ctx.sql(`update syncs set ${column} = ? where resource_n = ?`).run(value, n)
  }
  set('cursor', patch.cursor)
  set('cursor_version', patch.cursorVersion)
  set('generation', patch.generation)
  set('pass', asText(patch.pass))
  set('failure_count', patch.failureCount)
  set('next_at', patch.nextAt)
  set('last_sync_at', patch.lastSyncAt)
  set('last_sync_type', patch.lastSyncType)
  set('last_full_at', patch.lastFullAt)
  set('last_change_at', patch.lastChangeAt)
  set('error', patch.error)
  set('error_at', patch.errorAt)
  set('held_deletion', asText(patch.heldDeletion))
}

function asText(value: object | null | undefined): string | null | undefined {
  return value === undefined || value === null ? value : JSON.stringify(value)
}
