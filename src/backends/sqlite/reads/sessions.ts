import type { BrowserSession } from '../../../core/browser-session.ts'
import type { Sql } from '../connection.ts'
import { toSession, type SessionRow } from '../units/sessions.ts'

export function findSession(sql: Sql, hash: string): BrowserSession | null {
  const row = sql<SessionRow>(
    'select id, user_id, created_at, seen_at, expires_at from browser_sessions where hash = ?',
  ).get(hash)
  return row ? toSession(row) : null
}
