import { kindsOf, type Lane } from '../../core/job.ts'
import type { Sql } from './connection.ts'
import { ReadyList, type ReadyEntry } from './ready-list.ts'

/** A row of a job that waits. */
export interface WaitingRow {
  readonly n: number
  readonly group_key: string
  readonly priority: number
  readonly run_at: number
  readonly state: string
  readonly attempt: number
}

/**
 * The jobs of one lane that wait. A lane whose backlog is longer than its memory keeps the rest on disk and reads it on
 * as this part empties, so that no other lane waits behind it.
 */
export class JobLane {
  readonly ready = new ReadyList()
  readonly #sql: Sql
  readonly #memory: number
  readonly #slice: string
  /** The newest job that the ready list knows; later ones are on disk only. Null: it knows all. */
  #loadedThrough: number | null = null
  #onDisk = 0

  constructor(sql: Sql, lane: Lane, memory: number) {
    this.#sql = sql
    this.#memory = memory
    const kinds = kindsOf(lane).map(kind => `'${kind}'`)
    this.#slice = `select n, group_key, priority, run_at, state, attempt from jobs
      where n > ? and state in ('ready', 'delayed') and kind in (${kinds.join(', ')}) order by n limit ?`
  }

  /** Jobs that wait, in memory or on disk only. */
  get waiting(): number {
    return this.ready.waiting + this.#onDisk
  }

  /** Takes note of a job that has come last. */
  add(entry: ReadyEntry): void {
    // Order within groups: nothing may overtake what is still on disk only.
    if (this.#loadedThrough !== null) this.#onDisk += 1
    else if (this.ready.waiting < this.#memory) this.ready.add(entry)
    else {
      this.#loadedThrough = entry.n - 1
      this.#onDisk += 1
    }
  }

  /** Takes note of a job in its old place. */
  addBack(entry: ReadyEntry): void {
    if (this.#loadedThrough === null || entry.n <= this.#loadedThrough) this.ready.add(entry)
    else this.#onDisk += 1
  }

  /**
   * Called when all that the rows say is durable. Beyond its usual size only when nothing that it knows can run, as when
   * all of it is for next month.
   */
  prepare(now: number, isRunning: (n: number) => boolean): void {
    while (this.#loadedThrough !== null && (this.ready.waiting <= this.#memory / 2 || !this.ready.hasDue(now))) {
      this.#readOn(isRunning)
    }
  }

  /** Whether one may be due now. What is only on disk is looked at before the next claim. */
  hasMore(now: number): boolean {
    return this.ready.hasDue(now) || this.#loadedThrough !== null
  }

  #readOn(isRunning: (n: number) => boolean): void {
    const slice = Math.ceil(this.#memory / 4)
    const rows = this.#sql<WaitingRow>(this.#slice).all(this.#loadedThrough ?? 0, slice)
    const waiting = rows.filter(row => !isRunning(row.n))
    for (const row of waiting) this.ready.add(toEntry(row))
    this.#loadedThrough = rows.length < slice ? null : (rows.at(-1)?.n ?? null)
    this.#onDisk = this.#loadedThrough === null ? 0 : this.#onDisk - waiting.length
  }
}

export function toEntry(row: WaitingRow): ReadyEntry {
  const { n, priority } = row
  const delayed = row.state === 'delayed'
  return { n, group: row.group_key, priority, runAt: row.run_at, delayed, tried: row.attempt > 0 }
}
