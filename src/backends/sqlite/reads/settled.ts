import type { EventState } from '../../../core/event.ts'
import type { Sql } from '../connection.ts'

/** So many of the newest changes are looked at. */
const LOOK_BACK = 100

const IS_SETTLED: Readonly<Partial<Record<EventState, boolean>>> = {
  read: true,
  answered: true,
  archived: true,
  retracted: true,
  unread: false,
  unarchived: false,
}

/** The last word about an event counts; that it was seen or snoozed says nothing here. */
export function listSettled(sql: Sql, userId: string, limit: number): readonly string[] {
  const rows = sql<{ event_id: string; state: EventState }>(
    'select event_id, state from states where user_id = ? order by seq desc limit ?',
  ).all(userId, LOOK_BACK)
  const last = new Map<string, boolean>()
  for (const { event_id: id, state } of rows) {
    const isSettled = IS_SETTLED[state]
    if (isSettled !== undefined && !last.has(id)) last.set(id, isSettled)
  }
  return [...last].flatMap(([id, isSettled]) => (isSettled ? [id] : [])).slice(0, limit)
}
