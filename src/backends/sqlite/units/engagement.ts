import { keepsPush, type GovernorRule } from '../../../core/governor.ts'
import type { Preferences } from '../../../core/preferences.ts'
import type { PushedEvent } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { readPreferences } from './read-preferences.ts'

const DAY_MS = 86_400_000
const WINDOW_DAYS = 30
const ALERT_ATTEMPTS = 10
/** Events whose next devices cost no look. */
const REMEMBERED = 1_000

/**
 * An event has gone out by push: it counts once, to however many devices and however often it goes. The first push of a
 * type on a day has the type judged by the days before, so that a day costs one look.
 */
export function countPush(ctx: UnitContext, { userId, eventId, at, rule }: PushedEvent): void {
  const name = `${userId} ${eventId}`
  if (ctx.pushed.has(name)) return
  const event = ctx
    .sql<{ type: string; opened: number }>(
      `update events set pushed_at = ? where id = ? and user_id = ? and pushed_at is null
       returning type, opened_at is not null as opened`,
    )
    .get(at, eventId, userId)
  if (!event) return
  if (ctx.pushed.size >= REMEMBERED) ctx.pushed.clear()
  ctx.pushed.add(name)
  ctx.onRollback(() => ctx.pushed.delete(name))
  const { type, opened } = event
  const row = ctx
    .sql<{ sent: number }>(
      `insert into engagement (user_id, type, day, sent, opened) values (?, ?, ?, 1, ?)
       on conflict do update set sent = sent + 1, opened = opened + excluded.opened returning sent`,
    )
    .get(userId, type, dayOf(at), opened)
  if (rule !== null && row?.sent === 1) judge(ctx, userId, type, at, rule)
}

/** An event that had gone out by push was opened for the first time; later than a day after that it counts for nothing. */
export function countOpening(ctx: UnitContext, userId: string, type: string, pushedAt: number, at: number): void {
  if (at - pushedAt > DAY_MS) return
  ctx
    .sql('update engagement set opened = opened + 1 where user_id = ? and type = ? and day = ?')
    .run(userId, type, dayOf(pushedAt))
}

/** Looks only at days whose pushes have had a day to be opened. Whoever loses a type is told by a job, made with it. */
function judge(ctx: UnitContext, userId: string, type: string, at: number, { min, rate }: GovernorRule): void {
  const last = dayOf(at) - 2
  const { sent, opened } = ctx
    .sql<{ sent: number; opened: number }>(
      `select ifnull(sum(sent), 0) as sent, ifnull(sum(opened), 0) as opened from engagement
       where user_id = ? and type = ? and day > ? and day <= ?`,
    )
    .get(userId, type, last - WINDOW_DAYS, last) ?? { sent: 0, opened: 0 }
  if (sent < min || opened >= sent * rate) return
  const said = ctx.sql<{ preferences: string | null }>('select preferences from users where id = ?').get(userId)
  if (keepsPush(readPreferences(said?.preferences ?? null), type)) return
  const { changes } = ctx
    .sql('insert into governed (user_id, type, at, sent, opened) values (?, ?, ?, ?, ?) on conflict do nothing')
    .run(userId, type, at, sent, opened)
  if (changes === 0) return
  const payload = { user_id: userId, type, sent, opened }
  const job = {
    kind: 'push.governed',
    group: '',
    priority: 0,
    maxAttempts: ALERT_ATTEMPTS,
    runAt: at,
    payload,
  } as const
  ctx.jobs.insert(ctx, job, at)
}

/** Gives back what the person says now is to go out by push. */
export function freeKept(ctx: UnitContext, userId: string, preferences: Preferences): void {
  const rows = ctx.sql<{ type: string }>('select type from governed where user_id = ?').all(userId)
  for (const { type } of rows) {
    if (keepsPush(preferences, type)) ctx.sql('delete from governed where user_id = ? and type = ?').run(userId, type)
  }
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS)
}
