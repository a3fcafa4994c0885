import type { JobKind, NewJob } from '../../../core/job.ts'
import type { NotificationJob, Refusal } from '../../store.ts'
import { keyHash } from '../key-index.ts'
import type { Orphan } from '../job-table.ts'
import { fromRowId, toRowId } from '../row-id.ts'
import type { UnitContext } from '../unit.ts'

/** A notification on its way to the writer's thread, with its job last; one that is held has none. */
export type PackedNotification = readonly [
  provider: string,
  resourceId: string,
  key: string,
  kind: string,
  receivedAt: number,
  headers: string,
  body: Uint8Array,
  jobKind: JobKind | null,
  group: string,
  priority: number,
  maxAttempts: number,
  runAt: number,
]

/** The number of the stored notification; with a minus when it was there before. */
export type PackedAcceptance = number

export function acceptNotifications(
  ctx: UnitContext,
  batch: readonly PackedNotification[],
): readonly PackedAcceptance[] {
  return batch.map(item => acceptNotification(ctx, ...item))
}

/** Nearly every request brings one. */
export function acceptNotification(ctx: UnitContext, ...item: PackedNotification): PackedAcceptance {
  const [provider, resourceId, key, kind, receivedAt, headers, body, jobKind, group, priority, maxAttempts, runAt] =
    item
  const hash = keyHash(resourceId, key)
  const known = ctx.keys.find(hash, resourceId, key)
  if (known !== null) return -known
  const { lastInsertRowid } = ctx
    .sql(`insert into notifications (provider, resource_id, key, kind, state, received_at) values (?, ?, ?, ?, ?, ?)`)
    .run(provider, resourceId, key, kind, jobKind ? 'accepted' : 'held', receivedAt)
  const n = Number(lastInsertRowid)
  putBody(ctx, n, headers, body)
  ctx.onRollback(ctx.keys.add(hash, n))
  if (jobKind) insertJob(ctx, { kind: jobKind, group, priority, maxAttempts, runAt }, n, receivedAt)
  ctx.lastNotificationAt.set(resourceId, receivedAt)
  return n
}

function putBody(ctx: UnitContext, n: number, headers: string, body: Uint8Array): void {
  ctx.sql('insert into notification_bodies (n, headers, body) values (?, ?, ?)').run(n, headers, body)
}

export function removeNotification(ctx: UnitContext, n: number): void {
  ctx.sql('delete from notification_bodies where n = ?').run(n)
  ctx.sql('delete from notifications where n = ?').run(n)
}

function insertJob(ctx: UnitContext, job: NotificationJob, n: number, now: number): void {
  const { kind, group, priority, maxAttempts, runAt } = job
  // Written out: an object that is spread into another has a shape of its own each time, which every later look pays for.
  const payload = { notification: toRowId('ntf', n) }
  ctx.jobs.insert(ctx, { kind, group, priority, maxAttempts, runAt, payload }, now)
}

export type PackedRefusal = Omit<Refusal, 'body' | 'headers'> & { readonly headers: string }

export function quarantine(ctx: UnitContext, refused: PackedRefusal, body: Uint8Array, limit: number): string {
  const { lastInsertRowid } = ctx
    .sql(
      `insert into notifications (provider, resource_id, key, kind, state, received_at, reason, detail)
       values (?, ?, '', ?, 'quarantined', ?, ?, ?)`,
    )
    .run(refused.provider, refused.resourceId, refused.kind, refused.receivedAt, refused.reason, refused.detail)
  putBody(ctx, Number(lastInsertRowid), refused.headers, body)
  const surplus = ctx
    .sql<{ n: number }>(`select n from notifications where state = 'quarantined' order by n desc limit -1 offset ?`)
    .all(limit)
  for (const { n } of surplus) removeNotification(ctx, n)
  return toRowId('ntf', lastInsertRowid)
}

export function releaseHeld(ctx: UnitContext, resourceId: string, job: NotificationJob): number {
  const held = ctx
    .sql<{ n: number }>(`select n from notifications where resource_id = ? and state = 'held' order by n`)
    .all(resourceId)
  for (const { n } of held) {
    ctx.sql(`update notifications set state = 'accepted' where n = ?`).run(n)
    insertJob(ctx, job, n, job.runAt)
  }
  return held.length
}

/** Part of ending a notification's job. */
export function setNotificationState(
  ctx: UnitContext,
  change: { readonly id: string; readonly state: string; readonly reason?: string },
  at: number,
): void {
  ctx
    .sql(`update notifications set state = ?, processed_at = ?, reason = ? where n = ?`)
    .run(change.state, change.state === 'syncing' ? null : at, change.reason ?? null, fromRowId('ntf', change.id))
}

/**
 * Notes that the store itself gave up on a notification's job. Gives the job that tells its owner, to be inserted with it:
 * no handler has seen the end.
 */
export function buryNotification(ctx: UnitContext, { job, notification }: Orphan, reason: string, at: number): NewJob {
  ctx
    .sql(`update notifications set state = 'dead', processed_at = ?, reason = ? where n = ? and state = 'accepted'`)
    .run(at, reason, fromRowId('ntf', notification))
  return {
    kind: 'notification.alert',
    group: '',
    priority: 0,
    maxAttempts: ALERT_ATTEMPTS,
    runAt: at,
    // Not `notification`: whoever gives up on this job in turn buries nothing, and it is over.
    payload: { buried: notification, job: toRowId('job', job) },
  }
}

const ALERT_ATTEMPTS = 4
