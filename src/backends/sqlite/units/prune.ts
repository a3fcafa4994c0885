import type { RetentionLimits } from '../../store.ts'
import type { UnitContext } from '../unit.ts'

const DAY_MS = 86_400_000

/**
 * Removes one slice of what retention no longer keeps. Tables are in order of arrival, so each slice is read from the
 * old end. The newest notification and job stay, so that SQLite never gives their numbers out again.
 */
export function prune(ctx: UnitContext, limits: RetentionLimits, slice: number): number {
  // Rows of heads change under its hands here.
  ctx.heads.flush()
  ctx.heads.forget()
  return (
    pruneEvents(ctx, limits.eventsBefore, slice) +
    pruneProgress(ctx, limits.progressBefore, slice) +
    pruneStates(ctx, limits.eventsBefore, slice) +
    pruneBodies(ctx, limits.bodiesBefore, slice) +
    pruneNotifications(ctx, limits.notificationsBefore, slice) +
    pruneKeys(ctx, slice) +
    pruneCalls(ctx, limits.callsBefore, slice) +
    pruneJobs(ctx, limits, slice) +
    remove(
      ctx,
      'delete from traces where n in (select n from traces where at < ? order by n limit ?)',
      limits.tracesBefore,
      slice,
    ) +
    ctx
      .sql(
        `delete from idempotency where (key_id, user_id, key) in
           (select key_id, user_id, key from idempotency where created_at < ? limit ?)`,
      )
      .run(limits.eventsBefore, slice).changes
  )
}

function remove(ctx: UnitContext, sql: string, before: number, slice: number): number {
  return ctx.sql(sql).run(before, slice).changes
}

/** An open question stays until it is answered or has expired. */
function pruneEvents(ctx: UnitContext, before: number, slice: number): number {
  const rows = ctx
    .sql<{ n: number; user_id: string; seq: number | null; unread: number; action: number }>(
      `select n, user_id, seq,
         inbox = 1 and seq is not null and read_at is null and archived_at is null and retracted_at is null as unread,
         type = 'action.required' as action
       from events
       where created_at < ? and not (type = 'action.required' and retracted_at is null and ifnull(expires_at, 9e15) >= ?
         and not exists (select 1 from states s where s.user_id = events.user_id and s.event_id = events.id
           and s.state = 'answered'))
       order by n limit ?`,
    )
    .all(before, before, slice)
  for (const row of rows) {
    ctx.sql('delete from events where n = ?').run(row.n)
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
  return remove(
    ctx,
    `delete from events where n in (
       select n from events where progress_key is not null and created_at < ? order by n limit ?)`,
    before,
    slice,
  )
}

function pruneStates(ctx: UnitContext, before: number, slice: number): number {
  const rows = ctx
    .sql<{ user_id: string; seq: number }>('select user_id, seq from states where at < ? limit ?')
    .all(before, slice)
  for (const row of rows) {
    ctx.sql('delete from states where user_id = ? and seq = ?').run(row.user_id, row.seq)
    ctx.sql('update heads set pruned = max(pruned, ?) where user_id = ?').run(row.seq, row.user_id)
  }
  return rows.length
}

/** What still waits keeps its body: the job needs it. */
function pruneBodies(ctx: UnitContext, before: number, slice: number): number {
  return remove(
    ctx,
    `update notifications set body = null, headers = null where n in (
       select n from notifications
       where received_at < ? and body is not null and state in ('processed', 'dead', 'quarantined')
       order by n limit ?)`,
    before,
    slice,
  )
}

function pruneNotifications(ctx: UnitContext, before: number, slice: number): number {
  return remove(
    ctx,
    `delete from notifications where n in (
       select n from notifications where received_at < ? and state in ('processed', 'dead', 'quarantined') and n < (select max(n) from notifications)
       order by n limit ?)`,
    before,
    slice,
  )
}

/** Keys of notifications that are gone; a place in the table is kept so that each call looks a slice further. */
function pruneKeys(ctx: UnitContext, slice: number): number {
  const oldest = ctx.sql<{ n: number | null }>('select min(n) as n from notifications').get()?.n ?? 0
  const from = Number(
    ctx.sql<{ value: string }>(`select value from meta where name = 'keys_pruned_to'`).get()?.value ?? 0,
  )
  const rows = ctx
    .sql<{ hash: number; n: number }>('select hash, n from notification_keys where hash > ? order by hash limit ?')
    .all(from, slice)
  const to = rows.at(-1)?.hash ?? 0
  ctx.sql(`insert or replace into meta (name, value) values ('keys_pruned_to', ?)`).run(String(to))
  const stale = rows.filter(row => row.n < oldest)
  for (const row of stale) ctx.sql('delete from notification_keys where hash = ? and n = ?').run(row.hash, row.n)
  return stale.length
}

/** Old calls live on as daily sums. */
function pruneCalls(ctx: UnitContext, before: number, slice: number): number {
  const last = ctx
    .sql<{ n: number | null }>('select max(n) as n from (select n from calls where at < ? order by n limit ?)')
    .get(before, slice)?.n
  if (last === null || last === undefined) return 0
  ctx
    .sql(
      `insert into call_days (day, provider, account, operation, cause, calls, retries, failures)
       select at / ${DAY_MS}, provider, account, operation, cause, count(*), sum(attempt > 1),
         sum(status = 0 or status >= 400)
       from calls where n <= ? and at < ? group by 1, 2, 3, 4, 5
       on conflict do update set calls = calls + excluded.calls, retries = retries + excluded.retries,
         failures = failures + excluded.failures`,
    )
    .run(last, before)
  return ctx.sql('delete from calls where n <= ? and at < ?').run(last, before).changes
}

function pruneJobs(ctx: UnitContext, limits: RetentionLimits, slice: number): number {
  const done = remove(
    ctx,
    `delete from jobs where n in (
       select n from jobs where state = 'done' and finished_at < ? and n < (select max(n) from jobs) order by n limit ?)`,
    limits.jobsBefore,
    slice,
  )
  // A dead letter stays as long as its notification.
  const dead = remove(
    ctx,
    `delete from jobs where n in (
       select n from jobs where state = 'dead' and finished_at < ? and n < (select max(n) from jobs) order by n limit ?)`,
    limits.notificationsBefore,
    slice,
  )
  ctx.jobs.count(ctx, 'done', null, done)
  ctx.jobs.count(ctx, 'dead', null, dead)
  return done + dead
}
