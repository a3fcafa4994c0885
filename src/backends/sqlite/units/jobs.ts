import type { Lease } from '../../../core/job.ts'
import { EcError } from '../../../core/errors.ts'
import type { ClaimResult, JobClaim, JobEffects, JobEnd } from '../../store.ts'
import { fromRowId } from '../row-id.ts'
import type { UnitContext } from '../unit.ts'
import { appendEvent, deliverScheduled, type AppendedRow, type Delivered, type PackedEvent } from './events.ts'
import { setNotificationState } from './notifications.ts'

/** A job's end on its way to the writer's thread. */
export type PackedEnd =
  | Extract<JobEnd, { type: 'retry' }>
  | (Omit<Extract<JobEnd, { type: 'done' }>, 'effects'> & { readonly effects: PackedEffects })
  | (Omit<Extract<JobEnd, { type: 'dead' }>, 'effects'> & { readonly effects: PackedEffects })

export type PackedEffects = Omit<JobEffects, 'events'> & { readonly events: readonly PackedEvent[] }

/** What a job's end made, in the order of its effects. */
export interface Ended {
  readonly appended: readonly AppendedRow[]
  readonly delivered: Delivered | null
}

export function claimJobs(ctx: UnitContext, claim: JobClaim): ClaimResult {
  const { jobs } = ctx
  jobs.readOn()
  const taken = jobs.ready.take(claim.now, claim.limit, claim.perGroup)
  ctx.onRollback(() => taken.forEach(entry => jobs.ready.putBack(entry.n, entry.runAt, entry.delayed)))
  const claimed = taken.length > 0 ? jobs.claim(ctx, taken, claim.leaseUntil) : []
  return { jobs: claimed, nextRunAt: jobs.ready.nextRunAt(), more: jobs.ready.hasDue(claim.now), waiting: jobs.waiting }
}

export function finishJob(ctx: UnitContext, lease: Lease, end: PackedEnd): Ended {
  const { jobs } = ctx
  const n = fromRowId('job', lease.job)
  const held = jobs.running.get(n)
  if (!held || held.attempt !== lease.attempt) {
    throw new EcError('EC_LEASE_LOST', `attempt ${lease.attempt} of job ${lease.job} is no longer ours`)
  }
  if (end.type === 'retry') {
    jobs.giveBack(ctx, n, { state: 'delayed', runAt: end.runAt, attempt: held.attempt, error: end.reason })
    return { appended: [], delivered: null }
  }
  jobs.end(ctx, n, {
    state: end.type,
    at: end.at,
    attempt: held.attempt,
    error: end.type === 'dead' ? end.reason : null,
  })
  return applyEffects(ctx, end.effects, end.at)
}

function applyEffects(ctx: UnitContext, effects: PackedEffects, at: number): Ended {
  if (effects.notification) setNotificationState(ctx, effects.notification, at)
  const appended = effects.events.map(event => appendEvent(ctx, event))
  const { deliver } = effects
  return { appended, delivered: deliver ? deliverScheduled(ctx, deliver.userId, deliver.eventId, at) : null }
}

export function releaseJobs(ctx: UnitContext, leases: readonly Lease[]): void {
  for (const lease of leases) {
    const n = fromRowId('job', lease.job)
    const held = ctx.jobs.running.get(n)
    if (held?.attempt !== lease.attempt) continue
    ctx.jobs.giveBack(ctx, n, { state: 'ready', runAt: null, attempt: held.attempt - 1, error: null })
  }
}

export function expireLeases(ctx: UnitContext, now: number): number {
  let expired = 0
  for (const [n, held] of ctx.jobs.running) {
    if (held.leaseUntil > now) continue
    expired += 1
    const { attempt } = held
    const error = 'its lease ran out'
    if (attempt >= held.maxAttempts) ctx.jobs.end(ctx, n, { state: 'dead', at: now, attempt, error })
    else ctx.jobs.giveBack(ctx, n, { state: 'ready', runAt: null, attempt, error })
  }
  return expired
}

export function shiftRetries(ctx: UnitContext, byMs: number): number {
  const { changes } = ctx.sql(`update jobs set run_at = run_at + ? where state = 'delayed' and attempt > 0`).run(byMs)
  if (changes > 0) ctx.afterCommit(() => ctx.jobs.reload())
  return changes
}

export function retryJob(ctx: UnitContext, id: string, now: number): boolean {
  const row = ctx
    .sql<{ n: number; group_key: string; priority: number; notification: string | null }>(
      `update jobs set state = 'ready', attempt = 0, run_at = ?, finished_at = null, error = null
       where n = ? and state = 'dead'
       returning n, group_key, priority, json_extract(payload, '$.notification') as notification`,
    )
    .get(now, fromRowId('job', id))
  if (!row) return false
  if (row.notification !== null) {
    ctx
      .sql(
        `update notifications set state = 'accepted', reason = null, processed_at = null where n = ? and state = 'dead'`,
      )
      .run(fromRowId('ntf', row.notification))
  }
  ctx.jobs.count(ctx, 'dead', 'ready')
  const entry = { n: row.n, group: row.group_key, priority: row.priority, runAt: now, delayed: false }
  ctx.afterCommit(() => ctx.jobs.ready.add(entry))
  return true
}
