import { EcError } from '../../core/errors.ts'
import { configureWriter, inTransaction, openFile, type Connection } from './connection.ts'
import { replaceStore } from './copies.ts'
import { HeadTable } from './head-table.ts'
import { JobTable, type JobCounts, type RunningJob } from './job-table.ts'
import { KeyIndex } from './key-index.ts'
import { schemaVersion } from './migrate.ts'
import { openStore } from './open-store.ts'
import { toPlainError, type PlainError } from './plain-error.ts'
import { quickCheck } from './quick-check.ts'
import { isDiskFault, isFull, openingError, storageError } from './storage-error.ts'
import type { UnitContext } from './unit.ts'
import { touchResources } from './units/directory.ts'
import { UNITS, type UnitName } from './units/index.ts'
import { buryNotification } from './units/notifications.ts'

/** One unit as it crosses the thread. */
export interface UnitCall {
  readonly name: UnitName
  readonly args: readonly unknown[]
}

export type UnitOutcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: PlainError }

export interface StoreMeta {
  readonly instance: string
  readonly epoch: string
  readonly schema: number
}

/** How much is kept in memory beside the rows, when the usual is too much for a test. */
export interface MemoryLimits {
  readonly jobs?: number
  readonly keys?: number
}

/**
 * The store's file and all that may write it. `run` takes a batch: one transaction for all of it, in which a
 * bad unit fails alone; nothing is answered before the commit has returned from `fsync`. After a fault of the disk
 * the file is closed, opened again, checked and brought to a known state before another batch is taken: a log whose
 * sync failed may look committed to a reader and yet be gone after a power cut
 * (https://www.sqlite.org/atomiccommit.html section 9; https://lwn.net/Articles/752063/).
 */
export class StoreFile {
  readonly #file: string
  readonly #newId: () => string
  readonly #limits: MemoryLimits
  #connection: Connection
  #context: UnitContext
  #afterCommit: (() => void)[] = []
  #onRollback: (() => void)[] = []
  /** Set while the disk's last word was an error. */
  #uncertain = false

  constructor(file: string, now: number, newId: () => string, limits: MemoryLimits = {}) {
    this.#file = file
    this.#newId = newId
    this.#limits = limits
    this.#connection = openStore(file)
    try {
      this.#context = this.#takeOver(now)
    } catch (error) {
      this.#connection.close()
      throw openingError(error, file)
    }
  }

  meta(): StoreMeta {
    const read = (name: string): string => this.#meta(name) ?? this.#putMeta(name, this.#newId())
    return { instance: read('instance'), epoch: read('epoch'), schema: schemaVersion(this.#connection) }
  }

  /** As of the last batch. */
  countJobs(): JobCounts {
    return { ...this.#context.jobs.counts }
  }

  /** Runs a batch; the outcomes, one a unit. Throws when the disk refused: then no unit is known to have happened. */
  run(calls: readonly UnitCall[], now: number): readonly UnitOutcome[] {
    try {
      if (this.#uncertain) this.#recover()
      try {
        return this.#transact(calls, now, false)
      } catch (error) {
        if (!(error instanceof UnitFailed)) throw error
      }
      return this.#transact(calls, now, true)
    } catch (error) {
      throw storageError(error)
    }
  }

  /**
   * Takes the place of the present file by one that `prepareReplacement` made; where the old one is now. Jobs that are
   * handed out are no longer held by anyone. A damaged store is what this is for: it is kept as it is, with its log.
   * `EC_CONFLICT` while someone else has the file open.
   */
  swap(incoming: string, now: number): string {
    const kept = `${this.#file}.replaced-${now}`
    // What is in the log comes into the file, so that the file alone is the whole store.
    if (!this.#isDamaged() && !this.#foldLog()) {
      throw new EcError('EC_CONFLICT', 'the store is being read or copied', { hint: 'try again when that has ended' })
    }
    // Whatever happens now, the next batch opens and checks what is there.
    this.#uncertain = true
    this.#closeIfCan()
    replaceStore(this.#file, incoming, kept)
    this.#connection = openStore(this.#file)
    this.#context = this.#takeOver(now)
    this.#uncertain = false
    return kept
  }

  close(): void {
    this.#connection.close()
  }

  /**
   * One transaction for all. A savepoint makes SQLite copy each page that its unit touches, which doubles the cost, and
   * units hardly ever fail: so the first try goes without, and only when a unit fails is the whole batch taken back and
   * run again with a savepoint for each.
   */
  #transact(calls: readonly UnitCall[], now: number, savepoints: boolean): readonly UnitOutcome[] {
    this.#afterCommit = []
    this.#onRollback = []
    const { sql } = this.#connection
    const { keys, jobs, heads } = this.#context
    let outcomes: readonly UnitOutcome[]
    let moved: (() => void) | null
    try {
      sql('begin immediate').run()
      moved = keys.moveSlice()
      jobs.prepare(now)
      outcomes = calls.map(call => (savepoints ? this.#runGuarded(call) : this.#runBare(call)))
      touchResources(this.#context)
      heads.flush()
      jobs.flush()
      sql('commit').run()
    } catch (error) {
      this.#takeBackBatch(error)
      throw error
    }
    moved?.()
    for (const run of this.#afterCommit) run()
    return outcomes
  }

  #runBare(call: UnitCall): UnitOutcome {
    try {
      return { ok: true, value: runUnit(this.#context, call) }
    } catch (error) {
      throw isDiskFault(error) ? error : new UnitFailed()
    }
  }

  #runGuarded(call: UnitCall): UnitOutcome {
    const { sql } = this.#connection
    const commits = this.#afterCommit.length
    const rollbacks = this.#onRollback.length
    this.#context.heads.flush()
    sql('savepoint unit').run()
    try {
      const value = runUnit(this.#context, call)
      sql('release unit').run()
      return { ok: true, value }
    } catch (error) {
      // A fault of the disk is no fault of the unit, and SQLite may have ended the transaction already.
      if (isDiskFault(error) || !this.#connection.db.inTransaction) throw error
      sql('rollback to unit').run()
      sql('release unit').run()
      this.#afterCommit.length = commits
      this.#takeBack(rollbacks)
      return { ok: false, error: toPlainError(error) }
    }
  }

  #takeBackBatch(error: unknown): void {
    this.#takeBack(0)
    this.#context.lastNotificationAt.clear()
    this.#context.heads.forget()
    // With a full disk nothing was written that counts, and rolling back is enough; of anything else the disk says we
    // believe nothing until it has been checked.
    const harmless = error instanceof UnitFailed || isFull(error)
    this.#uncertain = !harmless || !this.#rollBack()
  }

  #rollBack(): boolean {
    try {
      if (this.#connection.db.inTransaction) this.#connection.db.exec('rollback')
      return true
    } catch {
      return false
    }
  }

  #takeBack(from: number): void {
    for (const run of this.#onRollback.splice(from).toReversed()) run()
  }

  /** What is handed out stays so: its workers did nothing wrong. */
  #recover(): void {
    this.#closeIfCan()
    this.#connection = openFile(this.#file)
    const { db } = this.#connection
    // Before all else: on a damaged file the rest would fail with less to say.
    const wrong = quickCheck(db)
    if (wrong !== null) throw new EcError('EC_STORE_CORRUPT', `the store does not pass its check: ${wrong}`)
    configureWriter(this.#connection)
    // Writes every page of the log into the file and syncs both: what readers see is on the disk from here on.
    if (!this.#foldLog()) throw new EcError('EC_STORAGE_FAILED', 'the log could not be folded into the file')
    this.#context = this.#load(this.#context.jobs.running)
    this.#uncertain = false
  }

  /** Whether there is nothing left to bring to a known state. */
  #isDamaged(): boolean {
    if (!this.#uncertain) return false
    try {
      this.#recover()
      return false
    } catch (error) {
      if (error instanceof EcError && error.code === 'EC_STORE_CORRUPT') return true
      throw error
    }
  }

  #closeIfCan(): void {
    try {
      this.#connection.close()
    } catch {
      // It is given up either way.
    }
  }

  #foldLog(): boolean {
    const [result] = this.#connection.sql<{ busy: number }>('pragma wal_checkpoint(truncate)').all()
    return result?.busy === 0
  }

  /** One agent owns the store, so what was handed out when the last one ended has nobody any more. */
  #takeOver(now: number): UnitContext {
    return this.#load(new Map(), context => {
      for (const orphan of context.jobs.abandon(now)) {
        context.jobs.insertRow(buryNotification(context, orphan, 'EC_INTERNAL', now), now)
      }
    })
  }

  #load(held: ReadonlyMap<number, RunningJob>, first: (context: UnitContext) => void = () => {}): UnitContext {
    const context = this.#newContext()
    inTransaction(this.#connection, () => {
      first(context)
      context.jobs.load(held)
    })
    context.keys.load()
    return context
  }

  #newContext(): UnitContext {
    const { sql } = this.#connection
    return {
      sql,
      jobs: new JobTable(sql, this.#limits.jobs),
      keys: new KeyIndex(sql, this.#limits.keys),
      heads: new HeadTable(sql),
      knownUsers: new Set(),
      pushed: new Set(),
      lastNotificationAt: new Map(),
      afterCommit: run => void this.#afterCommit.push(run),
      onRollback: run => void this.#onRollback.push(run),
    }
  }

  #meta(name: string): string | null {
    return this.#connection.sql<{ value: string }>('select value from meta where name = ?').get(name)?.value ?? null
  }

  #putMeta(name: string, value: string): string {
    this.#connection.sql('insert or replace into meta (name, value) values (?, ?)').run(name, value)
    return value
  }
}

function runUnit(ctx: UnitContext, call: UnitCall): unknown {
  const unit: (ctx: UnitContext, ...args: never[]) => unknown = UNITS[call.name]
  // The names and arguments come from `writer.ts`, which has them typed; a thread can only carry them as they are.
  return unit(ctx, ...(call.args as never[]))
}

/** Some unit of a batch failed by itself; the batch is run again, each unit guarded. */
class UnitFailed extends Error {}
