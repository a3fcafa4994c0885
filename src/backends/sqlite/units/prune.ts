import type { RetentionLimits } from '../../store.ts'
import { ageEdge } from '../age-edge.ts'
import type { UnitContext } from '../unit.ts'
import { CALL_FAILED } from './ledger.ts'
import { removeNotification } from './notifications.ts'

const DAY_MS = 86_400_000

/**
 * Removes one slice of what retention no longer keeps. It never searches a whole table: rows are found from the old end
 * or by an index. The newest notification and job stay, so that SQLite never gives their numbers out again.
 */
export function prune(ctx: UnitContext, limits: RetentionLimits, slice: number): number {
  // Rows of heads change under its hands here.
  ctx.heads.flush()
  ctx.heads.forget()
  return (
    pruneEvents(ctx, limits.eventsBefore, slice) +
    pruneProgress(ctx, limits.progressBefore, slice) +
    pruneStates(ctx, limits.eventsBefore, slice) +
    pruneIdempotency(ctx, limits.eventsBefore, slice) +
    pruneTraces(ctx, limits.tracesBefore, slice) +
    pruneEngagement(ctx, limits.engagementBefore, slice) +
    pruneReports(ctx, limits.reportsBefore, slice) +
    pruneSessions(ctx, limits.sessionsBefore, slice) +
    pruneBodies(ctx, limits.bodiesBefore, slice) +
    pruneNotifications(ctx, limits.notificationsBefore, slice) +
    pruneKeys(ctx, slice) +
    pruneCalls(ctx, limits.callsBefore, slice) +
    pruneRuns(ctx, limits.callsBefore, slice) +
    pruneSubscriptions(ctx, limits.callsBefore, slice) +
    pruneDone(ctx, limits.jobsBefore, slice) +
    pruneDead(ctx, limits.notificationsBefore, slice)
  )
}

/**
 * An open question stays until it is answered or has expired, a scheduled event until it has its place or has expired, and
 * what waits for a digest until that comes.
 */
const WAITING = `(retracted_at is null and (expires_at is null or expires_at >= ?)
    and (seq is null or (type = 'action.required' and answered_at is null)))
  or exists (select 1 from digest_items i where i.event_id = events.id and i.user_id = events.user_id and i.digest is null)`

function pruneEvents(ctx: UnitContext, before: number, slice: number): number {
  const rows = ctx
    .sql<{ n: number; id: string; user_id: string; seq: number | null; unread: number; action: number }>(
      `select n, id, user_id, seq,
         inbox = 1 and seq is not null and read_at is null and archived_at is null and retracted_at is null as unread,
         type = 'action.required' as action
       from events where n <= ? and placed_at < ? and not (${WAITING}) order by n limit ?`,
    )
    .all(ageEdge(ctx.sql, 'events', 'placed_at', before), before, before, slice)
  for (const row of rows) {
    ctx.sql('delete from events where n = ?').run(row.n)
    ctx.sql('delete from digest_items where event_id = ? and user_id = ?').run(row.id, row.user_id)
    if (row.action) ctx.sql('delete from questions where event_id = ? and user_id = ?').run(row.id, row.user_id)
    ctx
      .sql(
        `update heads set pruned = max(pruned, ?), unread = unread - ?, unread_action = unread_action - ?
         where user_id = ?`,
      )
      .run(row.seq ?? 0, row.unread, row.unread * row.action, row.user_id)
  }
  return rows.length
}

/** Progress is never unread, and what it would replay is soon untrue: its going leaves no gap worth telling. */
function pruneProgress(ctx: UnitContext, before: number, slice: number): number {
  return ctx
    .sql(
      `delete from events where n in (
         select n from events where progress_key is not null and placed_at < ? and inbox = 0 and seq is not null
         order by placed_at limit ?)`,
    )
    .run(before, slice).changes
}

function pruneStates(ctx: UnitContext, before: number, slice: number): number {
  const rows = ctx
    .sql<{ user_id: string; seq: number }>('select user_id, seq from states where at < ? order by at limit ?')
    .all(before, slice)
  for (const row of rows) {
    ctx.sql('delete from states where user_id = ? and seq = ?').run(row.user_id, row.seq)
    ctx.sql('update heads set pruned = max(pruned, ?) where user_id = ?').run(row.seq, row.user_id)
  }
  return rows.length
}

function pruneIdempotency(ctx: UnitContext, before: number, slice: number): number {
  return ctx
    .sql(
      `delete from idempotency where (key_id, user_id, key) in (
         select key_id, user_id, key from idempotency where created_at < ? order by created_at limit ?)`,
    )
    .run(before, slice).changes
}

function pruneTraces(ctx: UnitContext, before: number, slice: number): number {
  return ctx
    .sql(`delete from traces where n in (select n from traces where n <= ? and at < ? order by n limit ?)`)
    .run(ageEdge(ctx.sql, 'traces', 'at', before), before, slice).changes
}

function pruneEngagement(ctx: UnitContext, before: number, slice: number): number {
  return ctx
    .sql(
      `delete from engagement where (user_id, type, day) in (
         select user_id, type, day from engagement where day < ? order by day limit ?)`,
    )
    .run(Math.floor(before / DAY_MS), slice).changes
}

function pruneReports(ctx: UnitContext, before: number, slice: number): number {
  return ctx
    .sql(
      `delete from diagnostics where n in (select n from diagnostics where received_at < ? order by received_at limit ?)`,
    )
    .run(before, slice).changes
}

function pruneSessions(ctx: UnitContext, before: number, slice: number): number {
  let gone = 0
  for (const table of ['sign_in_links', 'browser_sessions'] as const) {
    gone += ctx
      .sql(`delete from ${table} where n in (select n from ${table} where expires_at < ? order by expires_at limit ?)`)
      .run(before, slice).changes
  }
  return gone
}

/** Nothing waits for these any more. */
const ENDED = `state in ('processed', 'dead', 'quarantined')`

function pruneBodies(ctx: UnitContext, before: number, slice: number): number {
  return ctx
    .sql(
      `delete from notification_bodies where n in (
         select n from notification_bodies join notifications using (n)
         where notification_bodies.n <= ? and received_at < ? and ${ENDED} order by notification_bodies.n limit ?)`,
    )
    .run(ageEdge(ctx.sql, 'notifications', 'received_at', before), before, slice).changes
}

function pruneNotifications(ctx: UnitContext, before: number, slice: number): number {
  const rows = ctx
    .sql<{ n: number }>(
      `select n from notifications
       where n <= ? and received_at < ? and ${ENDED} and n < (select max(n) from notifications) order by n limit ?`,
    )
    .all(ageEdge(ctx.sql, 'notifications', 'received_at', before), before, slice)
  for (const { n } of rows) removeNotification(ctx, n)
  return rows.length
}

/** Keys of notifications that are gone. They stand in no order of age, so each call looks a slice further. */
function pruneKeys(ctx: UnitContext, slice: number): number {
  const place = ctx.sql<{ value: string }>(`select value from meta where name = 'keys_pruned_to'`).get()?.value
  const from = Number(place ?? -1)
  const rows = ctx
    .sql<{ hash: number }>('select hash from notification_keys where hash > ? order by hash limit ?')
    .all(from, slice)
  const to = rows.at(-1)?.hash ?? -1
  if (to === from) return 0
  ctx.sql(`insert or replace into meta (name, value) values ('keys_pruned_to', ?)`).run(String(to))
  return ctx
    .sql(
      `delete from notification_keys where hash > ? and hash <= ?
         and not exists (select 1 from notifications where notifications.n = notification_keys.n)`,
    )
    .run(from, to).changes
}

/** Old calls live on as daily sums. */
function pruneCalls(ctx: UnitContext, before: number, slice: number): number {
  const last = ctx
    .sql<{ n: number | null }>(
      'select max(n) as n from (select n from calls where n <= ? and at < ? order by n limit ?)',
    )
    .get(ageEdge(ctx.sql, 'calls', 'at', before), before, slice)?.n
  if (last === null || last === undefined) return 0
  ctx
    .sql(
      `insert into call_days (day, provider, account, operation, cause, calls, retries, failures)
       select at / ${DAY_MS}, provider, account, operation, cause, count(*), sum(attempt > 1),
         sum(${CALL_FAILED})
       from calls where n <= ? and at < ? group by 1, 2, 3, 4, 5
       on conflict do update set calls = calls + excluded.calls, retries = retries + excluded.retries,
         failures = failures + excluded.failures`,
    )
    .run(last, before)
  return ctx.sql('delete from calls where n <= ? and at < ?').run(last, before).changes
}

function pruneRuns(ctx: UnitContext, before: number, slice: number): number {
  return ctx
    .sql(`delete from sync_runs where n in (select n from sync_runs where n <= ? and ended_at < ? order by n limit ?)`)
    .run(ageEdge(ctx.sql, 'sync_runs', 'ended_at', before), before, slice).changes
}

function pruneSubscriptions(ctx: UnitContext, before: number, slice: number): number {
  return ctx
    .sql(
      `delete from subscriptions where n in (
         select n from subscriptions where n <= ? and state = 'ended' and ended_at < ? order by n limit ?)`,
    )
    .run(ageEdge(ctx.sql, 'subscriptions', 'created_at', before), before, slice).changes
}

function pruneDone(ctx: UnitContext, before: number, slice: number): number {
  // None that was made after that instant can have ended before it.
  const done = ctx
    .sql(
      `delete from jobs where n in (
         select n from jobs
         where n <= ? and state = 'done' and finished_at < ? and n < (select max(n) from jobs) order by n limit ?)`,
    )
    .run(ageEdge(ctx.sql, 'jobs', 'created_at', before), before, slice).changes
  ctx.jobs.count(ctx, 'done', null, done)
  return done
}

/** A dead letter stays as long as its notification. */
function pruneDead(ctx: UnitContext, before: number, slice: number): number {
  const dead = ctx
    .sql(
      `delete from jobs where n in (
         select n from jobs where state = 'dead' and finished_at < ? and n < (select max(n) from jobs) order by n limit ?)`,
    )
    .run(before, slice).changes
  ctx.jobs.count(ctx, 'dead', null, dead)
  return dead
}
