import type { Notification, NotificationRecord, NotificationState } from '../../../core/notification.ts'
import type { NotificationQuery, Page } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { fromRowId, toRowId } from '../row-id.ts'
import { readNewRows, type NewRows } from './new-rows.ts'
import { equals, readPage } from './paging.ts'

interface NotificationRow {
  readonly n: number
  readonly provider: string
  readonly resource_id: string
  readonly key: string
  readonly kind: string
  readonly state: NotificationState
  readonly received_at: number
  readonly processed_at: number | null
  readonly reason: string | null
  readonly detail: string | null
}

interface RecordRow extends NotificationRow {
  readonly headers: string | null
  readonly body: Buffer | null
}

const COLUMNS = 'n, provider, resource_id, key, kind, state, received_at, processed_at, reason, detail'

export function listNotifications(sql: Sql, query: NotificationQuery): Page<Notification> {
  const { provider, resourceId, state, since } = query
  return readPage<NotificationRow, Notification>(sql, query, {
    columns: COLUMNS,
    table: 'notifications',
    order: 'n',
    where: [
      ...equals({ provider, resource_id: resourceId, state }),
      ...(since === undefined ? [] : [['received_at >= ?', since] as const]),
    ],
    position: row => row.n,
    toItem: toNotification,
  })
}

export function listNewNotifications(sql: Sql, after: number | null, limit: number): NewRows<Notification> {
  const listing = { columns: COLUMNS, table: 'notifications', toItem: toNotification }
  return readNewRows<NotificationRow, Notification>(sql, after, limit, listing)
}

/** Without the request that brought it, which may be large. */
export function findNotification(sql: Sql, id: string): Notification | null {
  const row = sql<NotificationRow>(`select ${COLUMNS} from notifications where n = ?`).get(fromRowId('ntf', id))
  return row ? toNotification(row) : null
}

export function getNotification(sql: Sql, id: string): NotificationRecord | null {
  const row = sql<RecordRow>(
    `select ${COLUMNS}, headers, body from notifications left join notification_bodies using (n) where n = ?`,
  ).get(fromRowId('ntf', id))
  return row ? toRecord(row) : null
}

/** Larger bodies are read one by one. */
const SMALL_BODY = 16 * 1024

/**
 * The same by way of `near`, which holds what was read along: one search for many costs little more than for one, and of
 * what has just come in most is asked for in turn.
 */
export function getNear(
  sql: Sql,
  near: Map<number, NotificationRecord>,
  id: string,
  ahead: number,
): NotificationRecord | null {
  const n = fromRowId('ntf', id)
  const known = near.get(n)
  if (known !== undefined) return known
  const rows = sql<RecordRow & { bytes: number | null }>(
    `select ${COLUMNS}, headers, iif(length(body) <= ${SMALL_BODY}, body, null) as body, length(body) as bytes
     from notifications left join notification_bodies using (n) where n between ? and ? order by n`,
  ).all(n, n + ahead)
  for (const row of rows) if ((row.bytes ?? 0) <= SMALL_BODY) near.set(row.n, toRecord(row))
  return near.get(n) ?? getNotification(sql, id)
}

function toRecord(row: RecordRow): NotificationRecord {
  const { provider, key, kind, state, reason, detail, body } = row
  const headers: Record<string, string> | null = row.headers === null ? null : JSON.parse(row.headers)
  // Written out, as an object that is spread into another has a shape of its own, which every later look pays for.
  return {
    id: toRowId('ntf', row.n),
    provider,
    resourceId: row.resource_id,
    key,
    kind,
    state,
    receivedAt: row.received_at,
    processedAt: row.processed_at,
    reason,
    detail,
    headers,
    body,
  }
}

function toNotification(row: NotificationRow): Notification {
  const { provider, key, kind, state, reason, detail } = row
  return {
    id: toRowId('ntf', row.n),
    provider,
    resourceId: row.resource_id,
    key,
    kind,
    state,
    receivedAt: row.received_at,
    processedAt: row.processed_at,
    reason,
    detail,
  }
}
