import type { SyncCause, SyncPass, SyncState, SyncType } from '../../../core/sync.ts'
import type { Page, SyncQuery } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { toRowId } from '../row-id.ts'
import { equals, readPage } from './paging.ts'

interface SyncRow {
  readonly n: number
  readonly resource_id: string
  readonly cursor: string | null
  readonly cursor_version: string | null
  readonly generation: number
  readonly items: number
  readonly pass: string | null
  readonly seq: number
  readonly asked_cause: SyncCause | null
  readonly asked_full: number
  readonly job: number | null
  readonly failure_count: number
  readonly next_at: number | null
  readonly last_sync_at: number | null
  readonly last_sync_type: SyncType | null
  readonly last_full_at: number | null
  readonly last_change_at: number | null
  readonly last_announced_at: number | null
  readonly error: string | null
  readonly error_at: number | null
  readonly held_deletion: string | null
}

const COLUMNS = `resource_n as n, r.id as resource_id, cursor, cursor_version, generation, items, pass, seq, asked_cause,
  asked_full, job, failure_count, next_at, last_sync_at, last_sync_type, last_full_at, last_change_at, last_announced_at,
  error, error_at, held_deletion`
const TABLE = 'syncs s join resources r on r.n = s.resource_n'

export function getSync(sql: Sql, resourceId: string): SyncState | null {
  const row = sql<SyncRow>(`select ${COLUMNS} from ${TABLE} where r.id = ?`).get(resourceId)
  return row ? toSync(row) : null
}

export function listSyncs(sql: Sql, query: SyncQuery): Page<SyncState> {
  return readPage<SyncRow, SyncState>(sql, query, {
    columns: COLUMNS,
    table: TABLE,
    order: 's.resource_n',
    where: equals({ 'r.user_id': query.userId, 'r.account_id': query.accountId }),
    position: row => row.n,
    toItem: toSync,
  })
}

export function listDueSyncs(sql: Sql, now: number, limit: number): readonly string[] {
  return sql<{ id: string }>(
    `select r.id from syncs s join resources r on r.n = s.resource_n where next_at <= ? order by next_at limit ?`,
  )
    .all(now, limit)
    .map(row => row.id)
}

export function nextSyncAt(sql: Sql): number | null {
  return sql<{ at: number | null }>('select min(next_at) as at from syncs where next_at is not null').get()?.at ?? null
}

export function newestSyncing(sql: Sql, resourceId: string): string | null {
  const n = sql<{ n: number | null }>(
    `select max(n) as n from notifications where resource_id = ? and state = 'syncing'`,
  ).get(resourceId)?.n
  return n === null || n === undefined ? null : toRowId('ntf', n)
}

function toSync(row: SyncRow): SyncState {
  const pass: SyncPass | null = row.pass === null ? null : JSON.parse(row.pass)
  const heldDeletion: SyncState['heldDeletion'] = row.held_deletion === null ? null : JSON.parse(row.held_deletion)
  return {
    resourceId: row.resource_id,
    cursor: row.cursor,
    cursorVersion: row.cursor_version,
    generation: row.generation,
    items: row.items,
    pass,
    seq: row.seq,
    asked: row.asked_cause === null ? null : { cause: row.asked_cause, full: row.asked_full === 1 },
    job: row.job === null ? null : toRowId('job', row.job),
    failureCount: row.failure_count,
    nextAt: row.next_at,
    lastSyncAt: row.last_sync_at,
    lastSyncType: row.last_sync_type,
    lastFullAt: row.last_full_at,
    lastChangeAt: row.last_change_at,
    lastAnnouncedAt: row.last_announced_at,
    error: row.error,
    errorAt: row.error_at,
    heldDeletion,
  }
}
