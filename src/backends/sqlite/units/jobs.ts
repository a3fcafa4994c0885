import { isJobKind, laneOf, type Lease, type NewJob } from '../../../core/job.ts'
import { EcError } from '../../../core/errors.ts'
import type { NotificationState } from '../../../core/notification.ts'
import type { ClaimResult, HealthEffect, JobClaim, JobEffects, JobEnd } from '../../store.ts'
import { fromRowId, toRowId } from '../row-id.ts'
import type { RunningJob } from '../job-table.ts'
import type { UnitContext } from '../unit.ts'
import { noteDevice } from './devices.ts'
import { applyDigest, holdForDigest } from './digests.ts'
import { updateResource } from './directory.ts'
import { countPush } from './engagement.ts'
import { appendEvent, deliverScheduled, type AppendedRow, type Delivered, type PackedEvent } from './events.ts'
import { recordTraces } from './ledger.ts'
import { buryNotification, setNotificationState } from './notifications.ts'
import { updateSubscription } from './subscriptions.ts'
import { applySync, patchSync, requestSync, type PackedSync } from './sync.ts'

/** A job's end on its way to the writer's thread. */
export type PackedEnd =
  | Extract<JobEnd, { type: 'retry' }>
  | (Omit<Extract<JobEnd, { type: 'done' }>, 'effects'> & { readonly effects: PackedEffects })
  | (Omit<Extract<JobEnd, { type: 'dead' }>, 'effects'> & { readonly effects: PackedEffects })

export type PackedEffects = Omit<JobEffects, 'events' | 'sync'> & {
  readonly events: readonly PackedEvent[]
  readonly sync: PackedSync | null
}

/** Values alone: see `packPlainEnd`. */
export type PlainEnd = readonly [
  job: string,
  attempt: number,
  at: number,
  notification: string,
  state: NotificationState,
  id: string,
  userId: string,
  json: string,
  type: string,
  level: string,
  service: string | null,
  createdAt: number,
  expiresAt: number | null,
  plan: string,
  ws: boolean,
  inbox: boolean,
  progressKey: string | null,
]

/** What a job's end made, in the order of its effects. */
export interface Ended {
  readonly appended: readonly AppendedRow[]
  readonly delivered: Delivered | null
}

export function claimJobs(ctx: UnitContext, claim: JobClaim): ClaimResult {
  const jobs = ctx.jobs.claim(ctx, claim)
  return { jobs, ...ctx.jobs.outlook(claim.now), waiting: ctx.jobs.waiting('notifications') }
}

export function finishJob(ctx: UnitContext, lease: Lease, end: PackedEnd): Ended {
  const { jobs } = ctx
  const job = jobs.running.get(fromRowId('job', lease.job))
  if (!job || job.attempt !== lease.attempt) {
    throw new EcError('EC_LEASE_LOST', `attempt ${lease.attempt} of job ${lease.job} is no longer ours`)
  }
  if (jobs.mustWait(job)) {
    throw new EcError('EC_CONFLICT', `job ${lease.job} must end after an earlier one of its group`, {
      hint: 'end the jobs of a run in order',
    })
  }
  if (end.type === 'retry') {
    jobs.giveBack(ctx, job, { state: 'delayed', runAt: end.runAt, attempt: job.attempt, error: end.reason })
    recordTraces(ctx, end.traces ?? [])
    if (end.noted) noteDevice(ctx, end.noted)
    return { appended: [], delivered: null }
  }
  jobs.end(ctx, job, { state: end.type, at: end.at, error: end.type === 'dead' ? end.reason : null })
  return applyEffects(ctx, end.effects, end.at)
}

/** Ends a job that is done with a notification and one event; the event's number. */
export function finishPlainly(ctx: UnitContext, ...end: PlainEnd): number | null {
  const [job, attempt, at, notification, state, id, userId, json, type, level, service, createdAt, ...rest] = end
  const [expiresAt, plan, ws, inbox, progressKey] = rest
  const event: PackedEvent = {
    id,
    userId,
    json,
    type,
    level,
    service,
    keyId: null,
    contentHash: null,
    idempotencyKey: null,
    createdAt,
    deliverAt: null,
    jobs: [],
    digest: null,
    expiresAt,
    plan,
    ws,
    inbox,
    progressKey,
    question: null,
  }
  const effects = { notification: { id: notification, state }, events: [event], sync: null }
  const [row] = finishJob(ctx, { job, attempt }, { type: 'done', at, effects }).appended
  return row?.outcome === 'appended' ? row.seq : null
}

function applyEffects(ctx: UnitContext, effects: PackedEffects, at: number): Ended {
  if (effects.notification) setNotificationState(ctx, effects.notification, at)
  const appended = effects.events.map(event => appendEvent(ctx, event))
  for (const job of effects.jobs ?? []) ctx.jobs.insert(ctx, job, at)
  if (effects.requestSync) requestSync(ctx, effects.requestSync)
  if (effects.sync) applySync(ctx, effects.sync, at)
  for (const { id, patch } of effects.subscriptions ?? []) updateSubscription(ctx, id, patch)
  if (effects.health) applyHealth(ctx, effects.health)
  recordTraces(ctx, effects.traces ?? [])
  for (const entry of effects.held ?? []) holdForDigest(ctx, entry, at)
  if (effects.digest) applyDigest(ctx, effects.digest, at)
  if (effects.pushed) countPush(ctx, effects.pushed)
  if (effects.noted) noteDevice(ctx, effects.noted)
  const { deliver } = effects
  return { appended, delivered: deliver ? deliverScheduled(ctx, deliver.userId, deliver.eventId, at) : null }
}

export function releaseJobs(ctx: UnitContext, leases: readonly Lease[]): void {
  for (const lease of leases) {
    const job = ctx.jobs.running.get(fromRowId('job', lease.job))
    if (job && job.attempt === lease.attempt) release(ctx, job)
  }
}

export function expireLeases(ctx: UnitContext, now: number): number {
  const expired = [...ctx.jobs.running.values()].filter(job => job.leaseUntil <= now)
  // Jobs of a group run one after another: only that whose turn it was has been tried, the others waited in hand.
  const tried = new Set(expired.filter(job => !ctx.jobs.mustWait(job)))
  for (const job of expired) {
    if (tried.has(job)) expire(ctx, job, now)
    else release(ctx, job)
  }
  return expired.length
}

function release(ctx: UnitContext, job: RunningJob): void {
  ctx.jobs.giveBack(ctx, job, { state: 'ready', runAt: null, attempt: job.attempt - 1, error: null })
}

function expire(ctx: UnitContext, job: RunningJob, now: number): void {
  const { attempt, maxAttempts, entry } = job
  const error = 'its lease ran out'
  if (attempt < maxAttempts) return ctx.jobs.giveBack(ctx, job, { state: 'ready', runAt: null, attempt, error })
  ctx.jobs.end(ctx, job, { state: 'dead', at: now, error })
  const row = ctx
    .sql<{ id: string | null }>(`select json_extract(payload, '$.notification') as id from jobs where n = ?`)
    .get(entry.n)
  if (!row?.id) return
  const orphan = { job: entry.n, notification: row.id }
  ctx.jobs.insert(ctx, buryNotification(ctx, orphan, 'EC_TIMEOUT', now), now)
}

export function shiftRetries(ctx: UnitContext, byMs: number): number {
  const { changes } = ctx.sql(`update jobs set run_at = run_at + ? where state = 'delayed' and attempt > 0`).run(byMs)
  if (changes > 0) ctx.jobs.changed(ctx)
  return changes
}

export function addJob(ctx: UnitContext, job: NewJob, at: number): string {
  return toRowId('job', ctx.jobs.insert(ctx, job, at))
}

export function retryJob(ctx: UnitContext, id: string, now: number): boolean {
  const row = ctx
    .sql<{ n: number; kind: string; group_key: string; priority: number; notification: string | null }>(
      `update jobs set state = 'ready', attempt = 0, crashes = 0, run_at = ?, finished_at = null, error = null
       where n = ? and state = 'dead'
       returning n, kind, group_key, priority, json_extract(payload, '$.notification') as notification`,
    )
    .get(now, fromRowId('job', id))
  if (!row || !isJobKind(row.kind)) return false
  if (row.notification !== null) {
    ctx
      .sql(
        `update notifications set state = 'accepted', reason = null, processed_at = null where n = ? and state = 'dead'`,
      )
      .run(fromRowId('ntf', row.notification))
  }
  const { n, group_key: group, priority } = row
  ctx.jobs.revive(ctx, laneOf(row.kind), { n, group, priority, runAt: now, delayed: false, tried: false })
  return true
}

function applyHealth(ctx: UnitContext, { resourceId, state, ...patch }: HealthEffect): void {
  if (state !== undefined) updateResource(ctx, resourceId, { state }, null)
  patchSync(ctx, resourceId, patch)
}
