import type { Level } from '../../../core/event.ts'
import type { DigestItem, DigestState, WaitingItem, WaitingQuery } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { EVENT_COLUMNS, toStoredEvent, type EventRow } from './events.ts'

/** What is to be delivered later is no line of a digest before that. */
const WAITS = `i.user_id = ? and i.digest is null
  and (e.seq is not null or e.retracted_at is not null or i.held_at <= ?)`
const JOINED = 'digest_items i join events e on e.id = i.event_id and e.user_id = i.user_id'

export function getDigest(sql: Sql, userId: string, now: number): DigestState {
  const row = sql<{ closed_at: number | null }>('select closed_at from digests where user_id = ?').get(userId)
  const oldest = sql<{ held_at: number | null }>(`select min(i.held_at) as held_at from ${JOINED} where ${WAITS}`).get(
    userId,
    now,
  )
  return { closedAt: row?.closed_at ?? null, oldestAt: oldest?.held_at ?? null }
}

export function listWaitingItems(
  sql: Sql,
  userId: string,
  { now, after, limit }: WaitingQuery,
): readonly WaitingItem[] {
  return sql<EventRow & { readonly item: number }>(
    `select i.n as item, ${EVENT_COLUMNS.split(',')
      .map(column => `e.${column.trim()}`)
      .join(', ')}
     from ${JOINED} where ${WAITS} and i.n > ? order by i.n limit ?`,
  )
    .all(userId, now, after, limit)
    .map(row => ({ n: row.item, event: toStoredEvent(row) }))
}

export function listDigestItems(sql: Sql, userId: string, digest: string): readonly DigestItem[] {
  return sql<{
    id: string
    level: Level
    placed_at: number
    expires_at: number | null
    retracted_at: number | null
  }>(
    `select e.id, e.level, e.placed_at, e.expires_at, e.retracted_at from ${JOINED}
     where i.user_id = ? and i.digest = ? order by i.n`,
  )
    .all(userId, digest)
    .map(row => ({
      eventId: row.id,
      level: row.level,
      placedAt: row.placed_at,
      expiresAt: row.expires_at,
      isRetracted: row.retracted_at !== null,
    }))
}
