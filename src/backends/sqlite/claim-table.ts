import type { JobState } from '../../core/job.ts'
import type { Sql } from './connection.ts'
import type { UnitContext } from './unit.ts'

/** What one claim took and still has. */
export interface Claim {
  readonly n: number
  readonly jobs: Set<number>
}

/** A job that a claim holds, as the rows tell it. */
export interface HeldRow {
  readonly claim: number
  readonly n: number
  readonly group_key: string
  readonly state: JobState
  /** Attempts before this claim. */
  readonly attempt: number
  /** Of those, the ones that ended with the agent. */
  readonly crashes: number
  readonly notification: string | null
}

/**
 * One row for all that a claim took, in the place of an update for each job: while it stands, the jobs that it lists
 * run and their attempt counts. A job that waits again must leave the list, or a crash would take it for one that ran;
 * one that is done need not, since its own row says so.
 */
export class ClaimTable {
  readonly #sql: Sql
  readonly #changed = new Set<Claim>()

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** What the claims hold, in order of arrival. */
  held(): readonly HeldRow[] {
    return this.#sql<HeldRow>(
      `select claims.n as claim, jobs.n, group_key, state, attempt, crashes,
         json_extract(payload, '$.notification') as notification
       from claims, json_each(claims.jobs) as listed join jobs on jobs.n = listed.value
       where state in ('ready', 'delayed') order by jobs.n`,
    ).all()
  }

  /** Leaves only these claims. */
  keep(claims: Iterable<Claim>): void {
    this.#sql('delete from claims').run()
    for (const claim of claims) {
      this.#sql('insert into claims (n, jobs) values (?, ?)').run(claim.n, JSON.stringify([...claim.jobs]))
    }
  }

  open(ctx: UnitContext, jobs: readonly number[]): Claim {
    const { lastInsertRowid } = this.#sql('insert into claims (jobs) values (?)').run(JSON.stringify(jobs))
    const claim: Claim = { n: Number(lastInsertRowid), jobs: new Set(jobs) }
    ctx.onRollback(() => this.#changed.delete(claim))
    return claim
  }

  leave(ctx: UnitContext, claim: Claim, job: number, mustBeWritten: boolean): void {
    claim.jobs.delete(job)
    if (mustBeWritten || claim.jobs.size === 0) this.#changed.add(claim)
    ctx.onRollback(() => claim.jobs.add(job))
  }

  /** Writes what changed; called before the commit of each batch. */
  flush(): void {
    for (const { n, jobs } of this.#changed) {
      if (jobs.size === 0) this.#sql('delete from claims where n = ?').run(n)
      else this.#sql('update claims set jobs = ? where n = ?').run(JSON.stringify([...jobs]), n)
    }
    this.#changed.clear()
  }
}
