import type { BrowserSession } from '../../../core/browser-session.ts'
import type { Sql } from '../connection.ts'
import { toSession, type SessionRow } from '../units/sessions.ts'

const COLUMNS = 'id, user_id, created_at, seen_at, expires_at'

export function findSession(sql: Sql, hash: string): BrowserSession | null {
  const row = sql<SessionRow>(`select ${COLUMNS} from browser_sessions where hash = ?`).get(hash)
  return row ? toSession(row) : null
}

export function listSessions(sql: Sql, userId: string): readonly BrowserSession[] {
  return sql<SessionRow>(`select ${COLUMNS} from browser_sessions where user_id = ? order by n`)
    .all(userId)
    .map(toSession)
}
