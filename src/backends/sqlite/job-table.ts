import { JOB_KINDS, type ClaimedJob, type JobKind, type JobState, type NewJob } from '../../core/job.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Sql } from './connection.ts'
import { ReadyList, type ReadyEntry } from './ready-list.ts'
import { toRowId } from './row-id.ts'
import type { UnitContext } from './unit.ts'

/** Jobs in memory at most; a longer backlog stays on disk and is read on as this one empties. */
const MEMORY_JOBS = 200_000
const READ_ON = 50_000

/** A job that is handed out. Its row still says where it came from; the row of its claim says that it runs. */
interface RunningJob {
  readonly attempt: number
  readonly maxAttempts: number
  readonly leaseUntil: number
  readonly entry: ReadyEntry
  readonly claim: Claim
}

interface Claim {
  readonly n: number
  /** Jobs of it that have not ended. */
  left: number
}

interface WaitingRow {
  readonly n: number
  readonly group_key: string
  readonly priority: number
  readonly run_at: number
  readonly state: JobState
}

interface JobRow {
  readonly n: number
  readonly kind: string
  readonly group_key: string
  readonly priority: number
  readonly attempt: number
  readonly max_attempts: number
  readonly run_at: number
  readonly payload: string
}

/** The jobs that are not ended: rows are the truth, the ready list and the counts mirror them in memory. */
export class JobTable {
  readonly #sql: Sql
  ready = new ReadyList()
  readonly running = new Map<number, RunningJob>()
  counts: Record<JobState, number> = emptyCounts()
  /** The newest job that the ready list knows; later ones are on disk only. Null: it knows all. */
  #loadedThrough: number | null = null

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /**
   * Reads what waits. One agent owns the store, so whatever a claim holds was running when the last one died: it is
   * ready again with that attempt counted, and dead when that was its last (a job that kills its process must not come
   * back for ever).
   */
  load(now: number): void {
    const held = `n in (select value from claims, json_each(claims.jobs)) and state in ('ready', 'delayed')`
    this.#sql(`update jobs set state = 'ready', attempt = attempt + 1 where ${held}`).run()
    this.#sql(
      `update jobs set state = 'dead', finished_at = ?, error = 'the agent ended while it ran'
       where ${held} and attempt >= max_attempts`,
    ).run(now)
    this.#sql('delete from claims').run()
    this.running.clear()
    this.counts = emptyCounts()
    const rows = this.#sql<{ state: JobState; c: number }>('select state, count(*) as c from jobs group by state')
    for (const row of rows.all()) this.counts[row.state] = row.c
    this.reload()
  }

  /** Jobs that wait, in memory or on disk only. */
  get waiting(): number {
    return this.counts.ready + this.counts.delayed
  }

  /** Makes the ready list anew from the rows; what is handed out stays handed out. */
  reload(): void {
    this.ready = new ReadyList()
    for (const { entry } of this.running.values()) this.ready.hold(entry)
    this.#loadedThrough = 0
    this.readOn()
  }

  /** Adds a new row and, once durable, the job to the ready list. */
  insert(ctx: UnitContext, job: NewJob, createdAt: number): void {
    const delayed = job.runAt > createdAt
    const state = delayed ? 'delayed' : 'ready'
    const { lastInsertRowid } = this.#sql(
      `insert into jobs (kind, group_key, priority, state, max_attempts, run_at, created_at, payload)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(job.kind, job.group, job.priority, state, job.maxAttempts, job.runAt, createdAt, JSON.stringify(job.payload))
    const n = Number(lastInsertRowid)
    this.count(ctx, null, state)
    ctx.afterCommit(() => this.#remember({ n, group: job.group, priority: job.priority, runAt: job.runAt, delayed }))
  }

  /** Hands out what was taken from the ready list: one row says so for all of it. */
  claim(ctx: UnitContext, taken: readonly ReadyEntry[], leaseUntil: number): readonly ClaimedJob[] {
    const { lastInsertRowid } = this.#sql('insert into claims (jobs) values (?)').run(
      JSON.stringify(taken.map(entry => entry.n)),
    )
    const claim: Claim = { n: Number(lastInsertRowid), left: taken.length }
    return taken.map(entry => {
      const row = this.#sql<JobRow>(
        'select n, kind, group_key, priority, attempt, max_attempts, run_at, payload from jobs where n = ?',
      ).get(entry.n)
      if (!row || !isJobKind(row.kind)) throw new Error(`job ${entry.n} is in the ready list, but not in the table`)
      const attempt = row.attempt + 1
      ctx.afterCommit(() =>
        this.running.set(entry.n, { attempt, maxAttempts: row.max_attempts, leaseUntil, entry, claim }),
      )
      this.count(ctx, entry.delayed ? 'delayed' : 'ready', 'running')
      const payload: JsonObject = JSON.parse(row.payload)
      return {
        id: toRowId('job', row.n),
        kind: row.kind,
        group: row.group_key,
        priority: row.priority,
        attempt,
        maxAttempts: row.max_attempts,
        runAt: row.run_at,
        payload,
      }
    })
  }

  /** A job that is handed out has ended for good. */
  end(
    ctx: UnitContext,
    n: number,
    end: {
      readonly state: 'done' | 'dead'
      readonly at: number
      readonly attempt: number
      readonly error: string | null
    },
  ): void {
    this.#sql('update jobs set state = ?, finished_at = ?, attempt = ?, error = ? where n = ?').run(
      end.state,
      end.at,
      end.attempt,
      end.error,
      n,
    )
    this.count(ctx, 'running', end.state)
    this.#leave(ctx, n, () => this.ready.end(n))
  }

  /** A job that is handed out waits again; `runAt` null = from when it could run before. */
  giveBack(
    ctx: UnitContext,
    n: number,
    back: {
      readonly state: 'ready' | 'delayed'
      readonly runAt: number | null
      readonly attempt: number
      readonly error: string | null
    },
  ): void {
    const runAt = back.runAt ?? this.running.get(n)?.entry.runAt ?? 0
    this.#sql('update jobs set state = ?, run_at = ?, attempt = ?, error = ? where n = ?').run(
      back.state,
      runAt,
      back.attempt,
      back.error,
      n,
    )
    this.count(ctx, 'running', back.state)
    this.#leave(ctx, n, () => this.ready.putBack(n, runAt, back.state === 'delayed'))
  }

  /** Notes that jobs moved from one state to another. */
  count(ctx: UnitContext, from: JobState | null, to: JobState | null, jobs = 1): void {
    ctx.afterCommit(() => {
      if (from) this.counts[from] -= jobs
      if (to) this.counts[to] += jobs
    })
  }

  /** Fills the ready list from disk when part of the backlog is only there. */
  readOn(): void {
    while (this.#loadedThrough !== null && this.ready.waiting <= MEMORY_JOBS / 2) {
      const rows = this.#sql<WaitingRow>(
        `select n, group_key, priority, run_at, state from jobs
         where n > ? and state in ('ready', 'delayed') order by n limit ?`,
      ).all(this.#loadedThrough, READ_ON)
      for (const row of rows) if (!this.running.has(row.n)) this.ready.add(toEntry(row))
      this.#loadedThrough = rows.length < READ_ON ? null : (rows.at(-1)?.n ?? null)
    }
  }

  /** The last job of a claim takes the claim's row with it. */
  #leave(ctx: UnitContext, n: number, then: () => void): void {
    const claim = this.running.get(n)?.claim
    if (claim) {
      claim.left -= 1
      ctx.onRollback(() => void (claim.left += 1))
      if (claim.left === 0) this.#sql('delete from claims where n = ?').run(claim.n)
    }
    ctx.afterCommit(() => {
      this.running.delete(n)
      then()
    })
  }

  #remember(entry: ReadyEntry): void {
    // Order within groups: nothing may overtake what is still on disk only.
    if (this.#loadedThrough !== null) return
    if (this.ready.waiting >= MEMORY_JOBS) this.#loadedThrough = entry.n - 1
    else this.ready.add(entry)
  }
}

export function isJobKind(kind: string): kind is JobKind {
  return JOB_KINDS.some(known => known === kind)
}

function toEntry(row: WaitingRow): ReadyEntry {
  const { n, priority } = row
  return { n, group: row.group_key, priority, runAt: row.run_at, delayed: row.state === 'delayed' }
}

function emptyCounts(): Record<JobState, number> {
  return { ready: 0, delayed: 0, running: 0, done: 0, dead: 0 }
}
