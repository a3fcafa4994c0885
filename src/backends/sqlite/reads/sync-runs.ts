import type { SyncCause, SyncRun, SyncRunSum, SyncType } from '../../../core/sync.ts'
import type { Page, SyncRunQuery } from '../../store.ts'
import { ageEdge } from '../age-edge.ts'
import type { Sql } from '../connection.ts'
import { equals, readPage } from './paging.ts'

interface RunRow {
  readonly n: number
  readonly resource_id: string
  readonly type: SyncType
  readonly cause: SyncCause
  readonly started_at: number
  readonly ended_at: number
  readonly pages: number
  readonly changed: number
  readonly error: string | null
}

const TABLE = 'sync_runs s join resources r on r.n = s.resource_n'

export function listSyncRuns(sql: Sql, query: SyncRunQuery): Page<SyncRun & { readonly resourceId: string }> {
  const { resourceId, since } = query
  return readPage<RunRow, SyncRun & { readonly resourceId: string }>(sql, query, {
    columns: 's.n as n, r.id as resource_id, type, cause, started_at, ended_at, pages, changed, error',
    table: TABLE,
    order: 's.n',
    where: [...equals({ 'r.id': resourceId }), ...(since === undefined ? [] : [['ended_at >= ?', since] as const])],
    position: row => row.n,
    toItem: row => ({
      resourceId: row.resource_id,
      type: row.type,
      cause: row.cause,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      pages: row.pages,
      changed: row.changed,
      error: row.error,
    }),
  })
}

interface SumRow {
  readonly resource_n: number
  readonly resource_id: string
  readonly type: SyncType
  readonly runs: number
  readonly failed: number
  readonly changed: number
  readonly notifications: number
  readonly lost: number
  readonly notified: number
}

export function sumSyncRuns(sql: Sql, since: number): readonly SyncRunSum[] {
  const edge = ageEdge(sql, 'sync_runs', 'ended_at', since)
  const sums = sql<SumRow>(
    `select resource_n, r.id as resource_id, type, count(*) as runs, sum(error is not null) as failed,
       sum(changed) as changed, sum(notifications) as notifications, sum(iif(error is null, 0, notifications)) as lost,
       sum(notified_at is not null and error is null) as notified
     from ${TABLE} where s.n > ? and ended_at >= ? group by 1, 3 order by 1, 3`,
  ).all(edge, since)
  const latency = sql<{ ms: number }>(
    `select ended_at - notified_at as ms from sync_runs
     where resource_n = ? and type = ? and n > ? and ended_at >= ? and notified_at is not null and error is null
     order by 1 limit 1 offset ?`,
  )
  return sums.map(row => {
    const at = (part: number): number | null => {
      if (row.notified === 0) return null
      return latency.get(row.resource_n, row.type, edge, since, rankOf(part, row.notified))?.ms ?? null
    }
    const { resource_id: resourceId, type, runs, failed, changed, notifications, lost } = row
    return { resourceId, type, runs, failed, changed, notifications, lost, latencyP50: at(0.5), latencyP99: at(0.99) }
  })
}

export function syncLatency(sql: Sql, since: number): { readonly p50: number | null; readonly p99: number | null } {
  const edge = ageEdge(sql, 'sync_runs', 'ended_at', since)
  const notified = 'n > ? and ended_at >= ? and notified_at is not null and error is null'
  const count = sql<{ n: number }>(`select count(*) as n from sync_runs where ${notified}`).get(edge, since)?.n ?? 0
  if (count === 0) return { p50: null, p99: null }
  const latency = sql<{ ms: number }>(
    `select ended_at - notified_at as ms from sync_runs where ${notified} order by 1 limit 1 offset ?`,
  )
  const at = (part: number): number | null => latency.get(edge, since, rankOf(part, count))?.ms ?? null
  return { p50: at(0.5), p99: at(0.99) }
}

/** Nearest rank, from 0. */
function rankOf(part: number, count: number): number {
  return Math.max(0, Math.ceil(part * count) - 1)
}
