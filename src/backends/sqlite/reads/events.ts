import type { Channel, EventListState, EventState } from '../../../core/event.ts'
import type { Plan, TraceRow } from '../../../core/plan.ts'
import type { EventQuery, Page, StoredEvent, StreamHead, StreamItem } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { readNewRows, type NewRows } from './new-rows.ts'
import { equals, readPage } from './paging.ts'

export interface EventRow {
  readonly n: number
  readonly id: string
  readonly user_id: string
  readonly seq: number | null
  readonly key_id: string | null
  readonly plan: string
  readonly json: string
  readonly seen_at: number | null
  readonly read_at: number | null
  readonly archived_at: number | null
  readonly snoozed_until: number | null
  readonly answered_at: number | null
  readonly retracted_at: number | null
}

export const EVENT_COLUMNS = `n, id, user_id, seq, key_id, plan, json, seen_at, read_at, archived_at, snoozed_until, answered_at,
  retracted_at`

const STATE_CONDITIONS: Readonly<Record<EventListState, string>> = {
  unread: 'seq is not null and inbox = 1 and read_at is null and archived_at is null and retracted_at is null',
  read: 'read_at is not null',
  seen: 'seen_at is not null',
  archived: 'archived_at is not null',
  snoozed: 'snoozed_until is not null',
  retracted: 'retracted_at is not null',
  scheduled: 'seq is null and retracted_at is null',
}

/**
 * A user's events come in the order of the stream and their cursors are its numbers, so that what a client missed is
 * `after` its last `seq`. What still waits for `deliver_at` has no number and is listed on its own.
 */
export function listEvents(sql: Sql, query: EventQuery): Page<StoredEvent> {
  const { userId, type, service, level, keyId, state, q } = query
  const byStream = userId !== undefined && state !== 'scheduled'
  return readPage<EventRow, StoredEvent>(sql, query, {
    columns: EVENT_COLUMNS,
    table: 'events',
    order: byStream ? 'seq' : 'n',
    where: [
      ...equals({ user_id: userId, type, service, level, key_id: keyId }),
      ...(byStream ? ([['seq is not null']] as const) : []),
      ...(state === undefined ? [] : [[STATE_CONDITIONS[state]] as const]),
      ...(q === undefined
        ? []
        : [
            [
              `instr(fold(json_extract(json, '$.title') || char(10) || json_extract(json, '$.body')), ?) > 0`,
              q.toLowerCase(),
            ] as const,
          ]),
    ],
    position: row => (byStream ? (row.seq ?? 0) : row.n),
    toItem: toStoredEvent,
  })
}

export function listNewEvents(sql: Sql, after: number | null, limit: number): NewRows<StoredEvent> {
  const listing = { columns: EVENT_COLUMNS, table: 'events', toItem: toStoredEvent }
  return readNewRows<EventRow, StoredEvent>(sql, after, limit, listing)
}

export function getEvents(sql: Sql, id: string, userId: string | undefined): readonly StoredEvent[] {
  const rows =
    userId === undefined
      ? sql<EventRow>(`select ${EVENT_COLUMNS} from events where id = ?`).all(id)
      : sql<EventRow>(`select ${EVENT_COLUMNS} from events where id = ? and user_id = ?`).all(id, userId)
  return rows.map(toStoredEvent)
}

export function getHead(sql: Sql, userId: string): StreamHead {
  const row = sql<{ seq: number; pruned: number; unread: number; unread_action: number }>(
    'select seq, pruned, unread, unread_action from heads where user_id = ?',
  ).get(userId)
  if (!row) return { seq: 0, pruned: 0, unread: { total: 0, action: 0 } }
  return { seq: row.seq, pruned: row.pruned, unread: { total: row.unread, action: row.unread_action } }
}

/** What goes out again in a replay. */
const REPLAYED = 'user_id = ? and seq > ? and ws = 1 and superseded = 0 and retracted_at is null'

export function readStream(sql: Sql, userId: string, after: number, limit: number): readonly StreamItem[] {
  const events = sql<{ seq: number; id: string; json: string; progress_key: string | null }>(
    `select seq, id, json, progress_key from events where ${REPLAYED} order by seq limit ?`,
  ).all(userId, after, limit)
  const states = sql<{
    seq: number
    event_id: string
    state: EventState
    by_whom: string | null
    at: number
    until: number | null
  }>(
    'select seq, event_id, state, by_whom, at, until from states where user_id = ? and seq > ? order by seq limit ?',
  ).all(userId, after, limit)
  const items: StreamItem[] = [
    ...events.map(
      row =>
        ({
          kind: 'event',
          userId,
          seq: row.seq,
          id: row.id,
          json: row.json,
          ws: true,
          progressKey: row.progress_key,
        }) as const,
    ),
    ...states.map(
      row =>
        ({
          kind: 'state',
          userId,
          seq: row.seq,
          id: row.event_id,
          state: row.state,
          by: row.by_whom,
          at: row.at,
          until: row.until,
        }) as const,
    ),
  ]
  return items.sort((a, b) => a.seq - b.seq).slice(0, limit)
}

export function countStream(sql: Sql, userId: string, after: number): number {
  const row = sql<{ c: number }>(
    `select (select count(*) from events where ${REPLAYED})
          + (select count(*) from states where user_id = ? and seq > ?) as c`,
  ).get(userId, after, userId, after)
  return row?.c ?? 0
}

export function readTrace(sql: Sql, userId: string, eventId: string): readonly TraceRow[] {
  return sql<{
    at: number
    step: TraceRow['step']
    channel: Channel | null
    target: string | null
    reason: string | null
    count: number | null
    until: string | null
    about: string | null
  }>(
    `select at, step, channel, target, reason, count, until, about from traces
     where event_id = ? and user_id = ? order by n`,
  )
    .all(eventId, userId)
    .map(row => ({
      at: new Date(row.at).toISOString(),
      step: row.step,
      ...(row.channel === null ? {} : { channel: row.channel }),
      ...(row.target === null ? {} : { target: row.target }),
      ...(row.reason === null ? {} : { reason: row.reason }),
      ...(row.count === null ? {} : { count: row.count }),
      ...(row.until === null ? {} : { until: row.until }),
      ...(row.about === null ? {} : { about: row.about }),
    }))
}

export function toStoredEvent(row: EventRow): StoredEvent {
  const plan: Plan = JSON.parse(row.plan)
  return {
    json: row.json,
    id: row.id,
    userId: row.user_id,
    seq: row.seq,
    keyId: row.key_id,
    plan,
    seenAt: row.seen_at,
    readAt: row.read_at,
    archivedAt: row.archived_at,
    snoozedUntil: row.snoozed_until,
    answeredAt: row.answered_at,
    retractedAt: row.retracted_at,
  }
}
