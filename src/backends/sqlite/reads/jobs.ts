import { isJobKind, type Job, type JobState } from '../../../core/job.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { JobQuery, Page } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { fromRowId, toRowId } from '../row-id.ts'
import { equals, readPage } from './paging.ts'

interface JobRow {
  readonly n: number
  readonly kind: string
  readonly group_key: string
  readonly priority: number
  readonly state: JobState
  readonly attempt: number
  readonly max_attempts: number
  readonly run_at: number
  readonly created_at: number
  readonly finished_at: number | null
  readonly error: string | null
  readonly payload: string
}

/** What a claim holds is running, whatever its own row says. */
const RUNNING = `state in ('ready', 'delayed') and n in (select value from claims, json_each(claims.jobs))`
const COLUMNS = `n, kind, group_key, priority, iif(${RUNNING}, 'running', state) as state,
  attempt + (${RUNNING}) as attempt, max_attempts + crashes as max_attempts, run_at, created_at, finished_at, error, payload`

export function listJobs(sql: Sql, query: JobQuery): Page<Job> {
  return readPage<JobRow, Job>(sql, query, {
    columns: COLUMNS,
    table: 'jobs',
    order: 'n',
    where: [
      ...equals({ kind: query.kind, group_key: query.group }),
      ...(query.state === undefined ? [] : [[`iif(${RUNNING}, 'running', state) = ?`, query.state] as const]),
    ],
    position: row => row.n,
    toItem: toJob,
  })
}

export function getJob(sql: Sql, id: string): Job | null {
  const row = sql<JobRow>(`select ${COLUMNS} from jobs where n = ?`).get(fromRowId('job', id))
  return row ? toJob(row) : null
}

function toJob(row: JobRow): Job {
  const payload: JsonObject = JSON.parse(row.payload)
  if (!isJobKind(row.kind)) throw new Error(`unknown job kind ${row.kind}`)
  return {
    id: toRowId('job', row.n),
    kind: row.kind,
    group: row.group_key,
    priority: row.priority,
    maxAttempts: row.max_attempts,
    runAt: row.run_at,
    payload,
    state: row.state,
    attempt: row.attempt,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    error: row.error,
  }
}
