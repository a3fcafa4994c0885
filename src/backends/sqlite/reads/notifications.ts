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
  const row = sql<NotificationRow & { headers: string | null; body: Buffer | null }>(
    `select ${COLUMNS}, headers, body from notifications left join notification_bodies using (n) where n = ?`,
  ).get(fromRowId('ntf', id))
  if (!row) return null
  const headers: Record<string, string> | null = row.headers === null ? null : JSON.parse(row.headers)
  return { ...toNotification(row), headers, body: row.body }
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
