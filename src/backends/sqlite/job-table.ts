import { isJobKind, laneOf, LANES, type ClaimedJob, type JobState, type Lane, type NewJob } from '../../core/job.ts'
import type { JsonObject } from '../../core/json.ts'
import { waitAfterCrash } from '../../core/retry.ts'
import { ClaimTable, type Claim } from './claim-table.ts'
import type { Sql } from './connection.ts'
import { JobLane, toEntry, type WaitingRow } from './job-lane.ts'
import type { ReadyEntry } from './ready-list.ts'
import { toRowId } from './row-id.ts'
import type { JobClaim } from '../store.ts'
import type { UnitContext } from './unit.ts'

/** Jobs of a lane in memory; of a longer backlog the rest stays on disk and is read on as this part empties. */
const MEMORY_JOBS = 200_000

export type JobCounts = Readonly<Record<JobState, number>>

/** A job that is handed out. Its row still says where it came from; the row of its claim says that it runs. */
export interface RunningJob {
  readonly attempt: number
  readonly maxAttempts: number
  readonly leaseUntil: number
  readonly lane: Lane
  readonly entry: ReadyEntry
  readonly claim: Claim
}

/** A notification whose job nobody will try again. */
export interface Orphan {
  readonly job: number
  readonly notification: string
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
 * The jobs that are not ended: rows are the truth, the lanes and the counts mirror them in memory. A new job is
 * shown to claims once it is durable; what changes hands does so at once, and is taken back with its unit, so that two
 * units of one batch never both believe that they hold a job.
 */
export class JobTable {
  readonly #sql: Sql
  readonly #memory: number
  readonly #claims: ClaimTable
  readonly #running = new Map<number, RunningJob>()
  #lanes: Readonly<Record<Lane, JobLane>>
  #counts = emptyCounts()
  /** Rows changed behind the lanes. */
  #stale = false

  constructor(sql: Sql, memory = MEMORY_JOBS) {
    this.#sql = sql
    this.#memory = memory
    this.#claims = new ClaimTable(sql)
    this.#lanes = this.#emptyLanes()
  }

  get counts(): JobCounts {
    return this.#counts
  }

  /** What is handed out, by the job's number. */
  get running(): ReadonlyMap<number, RunningJob> {
    return this.#running
  }

  /** Jobs that wait, due or not. */
  waiting(lane: Lane): number {
    return this.#lanes[lane].waiting
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
    for (const lane of LANES) this.#lanes[lane].prepare(now, n => this.#running.has(n))
  }

  /** Called before each commit. */
  flush(): void {
    this.#claims.flush()
  }

  /** Adds a new row; claims see the job once it is durable. Its number. */
  insert(ctx: UnitContext, job: NewJob, createdAt: number): number {
    const n = this.insertRow(job, createdAt)
    const delayed = job.runAt > createdAt
    ctx.afterCommit(() => {
      this.#counts[delayed ? 'delayed' : 'ready'] += 1
      const { group, priority, runAt } = job
      this.#lanes[laneOf(job.kind)].add({ n, group, priority, runAt, delayed, tried: false })
    })
    return n
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
  revive(ctx: UnitContext, lane: Lane, entry: ReadyEntry): void {
    this.count(ctx, 'dead', 'ready')
    ctx.afterCommit(() => this.#lanes[lane].addBack(entry))
  }

  /** Notes that rows of waiting jobs were changed by other hands; they are read anew before the next batch. */
  changed(ctx: UnitContext): void {
    ctx.afterCommit(() => void (this.#stale = true))
  }

  /** Hands out due jobs: one row says so for all of them. */
  claim(ctx: UnitContext, { now, lanes, leaseUntil }: JobClaim): readonly ClaimedJob[] {
    const taken = lanes.flatMap(({ lane, limit, perGroup }) => {
      const { ready } = this.#lanes[lane]
      const entries = ready.take(now, limit, perGroup)
      ctx.onRollback(() => entries.forEach(entry => ready.putBack(entry)))
      return entries.map(entry => ({ lane, entry }))
    })
    if (taken.length === 0) return []
    const claim = this.#claims.open(
      ctx,
      taken.map(({ entry }) => entry.n),
    )
    return taken.map(({ lane, entry }) => {
      const row = this.#sql<JobRow>(
        `select n, kind, group_key, priority, attempt, max_attempts + crashes as max_attempts, run_at, payload from jobs
         where n = ?`,
      ).get(entry.n)
      if (!row || !isJobKind(row.kind)) throw new Error(`job ${entry.n} is in the ready list, but not in the table`)
      const attempt = row.attempt + 1
      this.#running.set(entry.n, { attempt, maxAttempts: row.max_attempts, leaseUntil, lane, entry, claim })
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

  /** When the next waiting job falls due, and the lanes in which one may be due now. */
  outlook(now: number): { readonly nextRunAt: number | null; readonly more: readonly Lane[] } {
    const more = LANES.filter(lane => this.#lanes[lane].hasMore(now))
    const next = LANES.map(lane => this.#lanes[lane].ready.nextRunAt() ?? Infinity)
    const nextRunAt = Math.min(...next)
    return { nextRunAt: nextRunAt === Infinity ? null : nextRunAt, more }
  }

  /** Whether a job of the same group was handed out before this one and has not ended. */
  mustWait(job: RunningJob): boolean {
    return this.#lanes[job.lane].ready.nextToEnd(job.entry)?.n !== job.entry.n
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
    const { ready } = this.#lanes[job.lane]
    ready.end(entry)
    ctx.onRollback(() => ready.hold(entry))
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
    const { ready } = this.#lanes[job.lane]
    ready.putBack(waiting)
    ctx.onRollback(() => {
      ready.remove(waiting)
      ready.hold(entry)
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

  /** Makes the lanes anew from the rows; what is handed out stays handed out. */
  #reload(): void {
    this.#stale = false
    this.#lanes = this.#emptyLanes()
    for (const { lane, entry } of this.#running.values()) this.#lanes[lane].ready.hold(entry)
    const rows = this.#sql<WaitingRow & { readonly kind: string }>(
      `select n, kind, group_key, priority, run_at, state, attempt from jobs
       where state in ('ready', 'delayed') order by n`,
    )
    for (const row of rows.iterate()) {
      if (isJobKind(row.kind) && !this.#running.has(row.n)) this.#lanes[laneOf(row.kind)].add(toEntry(row))
    }
  }

  #emptyLanes(): Readonly<Record<Lane, JobLane>> {
    const make = (lane: Lane): JobLane => new JobLane(this.#sql, lane, this.#memory)
    return {
      notifications: make('notifications'),
      sync: make('sync'),
      fills: make('fills'),
      subscriptions: make('subscriptions'),
      events: make('events'),
      push: make('push'),
      email: make('email'),
      exec: make('exec'),
      webhook: make('webhook'),
      callbacks: make('callbacks'),
    }
  }
}

function emptyCounts(): Record<JobState, number> {
  return { ready: 0, delayed: 0, running: 0, done: 0, dead: 0 }
}
