import type { NewJob } from '../../../core/job.ts'
import { DIGEST_PRIORITY } from '../../../core/send-jobs.ts'
import type { DigestEffect, DigestEntry } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { recordTraces } from './ledger.ts'

/** Reading what waits and closing a period can only fail with the disk. */
const MAKE_ATTEMPTS = 10

type Close = Extract<DigestEffect, { type: 'close' }>

/** Holds an event for its user's next digest, and sees to it that a job looks then. One that is held already stays so. */
export function holdForDigest(ctx: UnitContext, { userId, eventId, heldAt, dueAt }: DigestEntry, now: number): void {
  const { changes } = ctx
    .sql('insert into digest_items (user_id, event_id, held_at) values (?, ?, ?) on conflict do nothing')
    .run(userId, eventId, heldAt)
  if (changes > 0) wake(ctx, userId, dueAt, now)
}

export function applyDigest(ctx: UnitContext, effect: DigestEffect, now: number): void {
  const { userId } = effect
  // The job that it named has come to look; when the clock is set back, its instant lies ahead once more.
  ctx.sql('update digests set wake_at = null where user_id = ? and wake_at <= ?').run(userId, now)
  switch (effect.type) {
    case 'wake':
      return wakeIfWaiting(ctx, userId, effect.nextAt, now)
    case 'close':
      return close(ctx, effect, now)
    case 'end':
      ctx.sql('delete from digest_items where user_id = ? and digest = ?').run(userId, effect.digest)
      return
    case 'release':
      ctx.sql('update digest_items set digest = null where user_id = ? and digest = ?').run(userId, effect.digest)
      return wakeIfWaiting(ctx, userId, effect.nextAt, now)
    default:
      return effect satisfies never
  }
}

/** Two jobs may look at the same instant: whoever comes second finds the period closed, and leaves everything as it is. */
function close(ctx: UnitContext, effect: Close, now: number): void {
  const { userId, expected, closedAt, digest, gathered, dropped, nextAt, jobs, traces } = effect
  const row = ctx.sql<{ closed_at: number | null }>('select closed_at from digests where user_id = ?').get(userId)
  if ((row?.closed_at ?? null) !== expected) return wakeIfWaiting(ctx, userId, nextAt, now)
  ctx
    .sql(
      `insert into digests (user_id, closed_at) values (?, ?)
       on conflict (user_id) do update set closed_at = excluded.closed_at`,
    )
    .run(userId, closedAt)
  const take = ctx.sql('update digest_items set digest = ? where event_id = ? and user_id = ? and digest is null')
  if (digest !== null) for (const eventId of gathered) take.run(digest, eventId, userId)
  const drop = ctx.sql('delete from digest_items where event_id = ? and user_id = ? and digest is null')
  for (const eventId of dropped) drop.run(eventId, userId)
  for (const job of jobs) ctx.jobs.insert(ctx, job, now)
  recordTraces(ctx, traces)
  wakeIfWaiting(ctx, userId, nextAt, now)
}

/** What came while the digest was made, or is left for the next one, must not wait for another event to wake a job. */
function wakeIfWaiting(ctx: UnitContext, userId: string, at: number | null, now: number): void {
  const waits = ctx.sql('select 1 from digest_items where user_id = ? and digest is null limit 1').get(userId)
  if (at !== null && waits !== undefined) wake(ctx, userId, at, now)
}

/**
 * Makes the job that looks at an instant, unless one looks before or then. Of one whose instant has passed nobody knows
 * whether it still comes to look, so it does not count; a job too many finds nothing to do.
 */
function wake(ctx: UnitContext, userId: string, at: number, now: number): void {
  const wakeAt = ctx
    .sql<{ wake_at: number | null }>('select wake_at from digests where user_id = ?')
    .get(userId)?.wake_at
  if (typeof wakeAt === 'number' && wakeAt > now && wakeAt <= at) return
  ctx
    .sql(
      `insert into digests (user_id, wake_at) values (?, ?)
       on conflict (user_id) do update set wake_at = excluded.wake_at`,
    )
    .run(userId, at)
  ctx.jobs.insert(ctx, makeJob(userId, at), now)
}

function makeJob(userId: string, runAt: number): NewJob {
  const payload = { user_id: userId }
  return { kind: 'digest.make', group: '', priority: DIGEST_PRIORITY, maxAttempts: MAKE_ATTEMPTS, runAt, payload }
}
