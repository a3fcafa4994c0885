import type { BrowserSession } from '../../../core/browser-session.ts'
import type { NewSession, NewSignInLink, Redemption } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { ensureUser } from './users.ts'

export function addSignInLink(ctx: UnitContext, link: NewSignInLink, limit: number): void {
  const { hash, userId, createdAt, expiresAt } = link
  ctx
    .sql('insert into sign_in_links (hash, user_id, created_at, expires_at) values (?, ?, ?, ?)')
    .run(hash, userId, createdAt, expiresAt)
  ctx
    .sql(
      `delete from sign_in_links where n in
         (select n from sign_in_links where user_id = ? order by n desc limit -1 offset ?)`,
    )
    .run(userId, limit)
}

/** Units run one after another, so of many who come with one link the first finds it unused, and nobody after. */
export function redeemSignInLink(ctx: UnitContext, hash: string, session: NewSession, limit: number): Redemption {
  const { id, at, expiresAt } = session
  const link = ctx
    .sql<{ user_id: string; expires_at: number; used_at: number | null }>(
      'select user_id, expires_at, used_at from sign_in_links where hash = ?',
    )
    .get(hash)
  if (!link) return { outcome: 'unknown' }
  if (link.used_at !== null) return { outcome: 'used' }
  if (link.expires_at <= at) return { outcome: 'expired' }
  const userId = link.user_id
  ctx.sql('update sign_in_links set used_at = ? where hash = ?').run(at, hash)
  ensureUser(ctx, userId, at)
  ctx
    .sql('insert into browser_sessions (id, user_id, hash, created_at, seen_at, expires_at) values (?, ?, ?, ?, ?, ?)')
    .run(id, userId, session.hash, at, at, expiresAt)
  const ended = ctx
    .sql<{ id: string }>(
      `delete from browser_sessions where n in
         (select n from browser_sessions where user_id = ? order by seen_at desc, n desc limit -1 offset ?)
       returning id`,
    )
    .all(userId, limit)
  return {
    outcome: 'opened',
    session: { id, userId, createdAt: at, seenAt: at, expiresAt },
    ended: ended.map(row => row.id),
  }
}

export function extendSession(ctx: UnitContext, id: string, seenAt: number, at: number, expiresAt: number): boolean {
  return (
    ctx
      .sql('update browser_sessions set seen_at = ?, expires_at = ? where id = ? and seen_at = ?')
      .run(at, expiresAt, id, seenAt).changes > 0
  )
}

export function endSessions(ctx: UnitContext, userId: string, id: string | null): readonly string[] {
  if (id === null) ctx.sql('delete from sign_in_links where user_id = ? and used_at is null').run(userId)
  return ctx
    .sql<{ id: string }>('delete from browser_sessions where user_id = ? and (? is null or id = ?) returning id')
    .all(userId, id, id)
    .map(row => row.id)
}

export interface SessionRow {
  readonly id: string
  readonly user_id: string
  readonly created_at: number
  readonly seen_at: number
  readonly expires_at: number
}

export function toSession(row: SessionRow): BrowserSession {
  return {
    id: row.id,
    userId: row.user_id,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
  }
}
