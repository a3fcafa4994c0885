import type { SubscriptionState, WebhookSubscription } from '../../../core/subscription.ts'
import type { Page, SubscriptionQuery } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { equals, readPage } from './paging.ts'

interface SubscriptionRow {
  readonly n: number
  readonly id: string
  readonly resource_id: string
  readonly state: SubscriptionState
  readonly remote_id: string | null
  readonly address: string
  readonly created_at: number
  readonly expires_at: number | null
  readonly verified_at: number | null
  readonly last_notification_at: number | null
  readonly ended_at: number | null
}

const COLUMNS = `s.n as n, s.id as id, r.id as resource_id, s.state as state, remote_id, address, s.created_at as created_at,
  expires_at, verified_at, s.last_notification_at as last_notification_at, ended_at`
const TABLE = 'subscriptions s join resources r on r.n = s.resource_n'

export function getSubscription(sql: Sql, id: string): WebhookSubscription | null {
  const row = sql<SubscriptionRow>(`select ${COLUMNS} from ${TABLE} where s.id = ?`).get(id)
  return row ? toSubscription(row) : null
}

export function listSubscriptions(sql: Sql, query: SubscriptionQuery): Page<WebhookSubscription> {
  return readPage<SubscriptionRow, WebhookSubscription>(sql, query, {
    columns: COLUMNS,
    table: TABLE,
    order: 's.n',
    where: equals({ 'r.id': query.resourceId, 'r.user_id': query.userId, 's.state': query.state }),
    position: row => row.n,
    toItem: toSubscription,
  })
}

function toSubscription(row: SubscriptionRow): WebhookSubscription {
  return {
    id: row.id,
    resourceId: row.resource_id,
    state: row.state,
    remoteId: row.remote_id,
    address: row.address,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    verifiedAt: row.verified_at,
    lastNotificationAt: row.last_notification_at,
    endedAt: row.ended_at,
  }
}
