import { JOB_KINDS, type ClaimedJob, type JobKind, type JobState, type NewJob } from '../../core/job.ts'
import type { JsonObject } from '../../core/json.ts'
import { waitAfterCrash } from '../../core/retry.ts'
import { ClaimTable, type Claim } from './claim-table.ts'
import type { Sql } from './connection.ts'
import { ReadyList, type ReadyEntry } from './ready-list.ts'
import { toRowId } from './row-id.ts'
import type { UnitContext } from './unit.ts'

/** Jobs in memory; of a longer backlog the rest stays on disk and is read on as this part empties. */
const MEMORY_JOBS = 200_000

export type JobCounts = Readonly<Record<JobState, number>>

/** A job that is handed out. Its row still says where it came from; the row of its claim says that it runs. */
export interface RunningJob {
  readonly attempt: number
  readonly maxAttempts: number
  readonly leaseUntil: number
  readonly entry: ReadyEntry
  readonly claim: Claim
}

/** A notification whose job nobody will try again. */
export interface Orphan {
  readonly job: number
  readonly notification: string
}

interface WaitingRow {
  readonly n: number
  readonly group_key: string
  readonly priority: number
  readonly run_at: number
  readonly state: JobState
  readonly attempt: number
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

/**
 * The jobs that are not ended: rows are the truth, the ready list and the counts mirror them in memory. A new job is
 * shown to claims once it is durable; what changes hands does so at once, and is taken back with its unit, so that two
 * units of one batch never both believe that they hold a job.
 */
export class JobTable {
  readonly #sql: Sql
  readonly #memory: number
  readonly #claims: ClaimTable
  readonly #running = new Map<number, RunningJob>()
  #ready = new ReadyList()
  #counts = emptyCounts()
  /** The newest job that the ready list knows; later ones are on disk only. Null: it knows all. */
  #loadedThrough: number | null = null
  /** Rows changed behind the ready list. */
  #stale = false

  constructor(sql: Sql, memory = MEMORY_JOBS) {
    this.#sql = sql
    this.#memory = memory
    this.#claims = new ClaimTable(sql)
  }

  get counts(): JobCounts {
    return this.#counts
  }

  /** What is handed out, by the job's number. */
  get running(): ReadonlyMap<number, RunningJob> {
    return this.#running
  }

  /** Jobs that wait, in memory or on disk only. */
  get waiting(): number {
    return this.#counts.ready + this.#counts.delayed
  }

  /**
   * Reads what there is, in a transaction. Jobs that a claim holds and `held` knows go on being handed out; any other
   * claim is void, and its jobs wait as before.
   */
  load(held: ReadonlyMap<number, RunningJob>): void {
    this.#counts = emptyCounts()
    const rows = this.#sql<{ state: JobState; c: number }>('select state, count(*) as c from jobs group by state')
    for (const { state, c } of rows.all()) this.#counts[state] = c
    const claims = new Map<number, Claim>()
    for (const row of this.#claims.held()) {
      const job = held.get(row.n)
      if (job?.attempt !== row.attempt + 1) continue
      const claim = claims.get(row.claim) ?? { n: row.claim, jobs: new Set() }
      claims.set(row.claim, claim)
      claim.jobs.add(row.n)
      this.#running.set(row.n, { ...job, claim })
      this.#move(row.state, 'running')
    }
    this.#claims.keep(claims.values())
    this.#reload()
  }

  /**
   * Counts the attempts that ended with their agent: of each group that of the job whose turn it was. Those that ended
   * so too often are dead, and returned with what they were for. Before `load`, in its transaction.
   */
  abandon(now: number): readonly Orphan[] {
    const seen = new Set<string>()
    const orphans: Orphan[] = []
    for (const { n, group_key: group, attempt, crashes, notification } of this.#claims.held()) {
      if (group !== '' && seen.has(group)) continue
      seen.add(group)
      const wait = waitAfterCrash(crashes + 1)
      const state = wait === null ? 'dead' : wait === 0 ? 'ready' : 'delayed'
      this.#sql(
        `update jobs set state = ?, attempt = ?, crashes = ?, run_at = iif(? = 'delayed', ?, run_at), finished_at = ?,
           error = 'the agent ended while it ran' where n = ?`,
      ).run(state, attempt + 1, crashes + 1, state, now + (wait ?? 0), wait === null ? now : null, n)
      if (wait === null && notification !== null) orphans.push({ job: n, notification })
    }
    return orphans
  }

  /** Called before each batch, when all that the rows say is durable. */
  prepare(now: number): void {
    if (this.#stale) this.#reload()
    // Beyond its usual size only when nothing that it knows can run, as when all of it is for next month.
    while (this.#loadedThrough !== null && (this.#ready.waiting <= this.#memory / 2 || !this.#ready.hasDue(now))) {
      this.#readOn()
    }
  }

  /** Called before each commit. */
  flush(): void {
    this.#claims.flush()
  }

  /** Adds a new row; claims see the job once it is durable. */
  insert(ctx: UnitContext, job: NewJob, createdAt: number): void {
    const n = this.insertRow(job, createdAt)
    const delayed = job.runAt > createdAt
    ctx.afterCommit(() => {
      this.#counts[delayed ? 'delayed' : 'ready'] += 1
      this.#showNew({ n, group: job.group, priority: job.priority, runAt: job.runAt, delayed, tried: false })
    })
  }

  /** Its row alone, for `load` to find: before it, in its transaction. */
  insertRow(job: NewJob, createdAt: number): number {
    const state = job.runAt > createdAt ? 'delayed' : 'ready'
    const { lastInsertRowid } = this.#sql(
      `insert into jobs (kind, group_key, priority, state, max_attempts, run_at, created_at, payload)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(job.kind, job.group, job.priority, state, job.maxAttempts, job.runAt, createdAt, JSON.stringify(job.payload))
    return Number(lastInsertRowid)
  }

  /** Shows a job to claims whose row has come back from the dead. */
  revive(ctx: UnitContext, entry: ReadyEntry): void {
    this.count(ctx, 'dead', 'ready')
    ctx.afterCommit(() => {
      if (this.#loadedThrough === null || entry.n <= this.#loadedThrough) this.#ready.add(entry)
    })
  }

  /** Notes that rows of waiting jobs were changed by other hands; the list is read anew before the next batch. */
  changed(ctx: UnitContext): void {
    ctx.afterCommit(() => void (this.#stale = true))
  }

  /** Hands out due jobs: one row says so for all of them. */
  claim(
    ctx: UnitContext,
    { now, limit, perGroup, leaseUntil }: { now: number; limit: number; perGroup: number; leaseUntil: number },
  ): readonly ClaimedJob[] {
    const taken = this.#ready.take(now, limit, perGroup)
    if (taken.length === 0) return []
    ctx.onRollback(() => taken.forEach(entry => this.#ready.putBack(entry)))
    const claim = this.#claims.open(
      ctx,
      taken.map(entry => entry.n),
    )
    return taken.map(entry => {
      const row = this.#sql<JobRow>(
        `select n, kind, group_key, priority, attempt, max_attempts + crashes as max_attempts, run_at, payload from jobs
         where n = ?`,
      ).get(entry.n)
      if (!row || !isJobKind(row.kind)) throw new Error(`job ${entry.n} is in the ready list, but not in the table`)
      const attempt = row.attempt + 1
      this.#running.set(entry.n, { attempt, maxAttempts: row.max_attempts, leaseUntil, entry, claim })
      this.#move(entry.delayed ? 'delayed' : 'ready', 'running')
      ctx.onRollback(() => {
        this.#running.delete(entry.n)
        this.#move('running', entry.delayed ? 'delayed' : 'ready')
      })
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

  /** When the next waiting job falls due, and whether one may be due now. */
  outlook(now: number): { readonly nextRunAt: number | null; readonly more: boolean } {
    // What is only on disk is looked at before the next claim.
    const more = this.#ready.hasDue(now) || this.#loadedThrough !== null
    return { nextRunAt: this.#ready.nextRunAt(), more }
  }

  /** Whether a job of the same group was handed out before this one and has not ended. */
  mustWait(job: RunningJob): boolean {
    return this.#ready.nextToEnd(job.entry)?.n !== job.entry.n
  }

  /** A job that is handed out has ended for good. */
  end(
    ctx: UnitContext,
    job: RunningJob,
    end: { readonly state: 'done' | 'dead'; readonly at: number; readonly error: string | null },
  ): void {
    const { entry, attempt } = job
    this.#sql('update jobs set state = ?, finished_at = ?, attempt = ?, error = ? where n = ?').run(
      end.state,
      end.at,
      attempt,
      end.error,
      entry.n,
    )
    this.#leave(ctx, job, end.state)
    this.#ready.end(entry)
    ctx.onRollback(() => this.#ready.hold(entry))
  }

  /** A job that is handed out waits again; `runAt` null = from when it could run before. */
  giveBack(
    ctx: UnitContext,
    job: RunningJob,
    back: {
      readonly state: 'ready' | 'delayed'
      readonly runAt: number | null
      readonly attempt: number
      readonly error: string | null
    },
  ): void {
    const { entry } = job
    const runAt = back.runAt ?? entry.runAt
    this.#sql('update jobs set state = ?, run_at = ?, attempt = ?, error = ? where n = ?').run(
      back.state,
      runAt,
      back.attempt,
      back.error,
      entry.n,
    )
    this.#leave(ctx, job, back.state)
    const waiting = { ...entry, runAt, delayed: back.state === 'delayed', tried: back.attempt > 0 }
    this.#ready.putBack(waiting)
    ctx.onRollback(() => {
      this.#ready.remove(waiting)
      this.#ready.hold(entry)
    })
  }

  /** Notes that jobs moved from one state to another. */
  count(ctx: UnitContext, from: JobState | null, to: JobState | null, jobs = 1): void {
    this.#move(from, to, jobs)
    ctx.onRollback(() => this.#move(to, from, jobs))
  }

  #move(from: JobState | null, to: JobState | null, jobs = 1): void {
    if (from) this.#counts[from] -= jobs
    if (to) this.#counts[to] += jobs
  }

  #leave(ctx: UnitContext, job: RunningJob, to: JobState): void {
    const { n } = job.entry
    this.#running.delete(n)
    this.#move('running', to)
    // The row of one that is done cannot be mistaken for a running one, so its claim need not be written.
    this.#claims.leave(ctx, job.claim, n, to !== 'done')
    ctx.onRollback(() => {
      this.#move(to, 'running')
      this.#running.set(n, job)
    })
  }

  /** Makes the ready list anew from the rows; what is handed out stays handed out. */
  #reload(): void {
    this.#stale = false
    this.#ready = new ReadyList()
    for (const { entry } of this.#running.values()) this.#ready.hold(entry)
    this.#loadedThrough = 0
    this.#readOn()
  }

  #readOn(): void {
    const slice = Math.ceil(this.#memory / 4)
    const rows = this.#sql<WaitingRow>(
      `select n, group_key, priority, run_at, state, attempt from jobs
       where n > ? and state in ('ready', 'delayed') order by n limit ?`,
    ).all(this.#loadedThrough ?? 0, slice)
    for (const row of rows) if (!this.#running.has(row.n)) this.#ready.add(toEntry(row))
    this.#loadedThrough = rows.length < slice ? null : (rows.at(-1)?.n ?? null)
  }

  #showNew(entry: ReadyEntry): void {
    // Order within groups: nothing may overtake what is still on disk only.
    if (this.#loadedThrough !== null) return
    if (this.#ready.waiting >= this.#memory) this.#loadedThrough = entry.n - 1
    else this.#ready.add(entry)
  }
}

export function isJobKind(kind: string): kind is JobKind {
  return JOB_KINDS.some(known => known === kind)
}

function toEntry(row: WaitingRow): ReadyEntry {
  const { n, priority } = row
  const delayed = row.state === 'delayed'
  return { n, group: row.group_key, priority, runAt: row.run_at, delayed, tried: row.attempt > 0 }
}

function emptyCounts(): Record<JobState, number> {
  return { ready: 0, delayed: 0, running: 0, done: 0, dead: 0 }
}
