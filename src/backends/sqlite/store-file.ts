import { copyFileSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { EcError, toEcError } from '../../core/errors.ts'
import { APPLICATION_ID, openReader, openWriter, type Connection } from './connection.ts'
import { HeadTable } from './head-table.ts'
import { JobTable } from './job-table.ts'
import { KeyIndex } from './key-index.ts'
import { migrate, newestSchema, schemaVersion } from './migrate.ts'
import type { UnitContext } from './unit.ts'
import { touchResources } from './units/directory.ts'
import { UNITS, type UnitName } from './units/index.ts'

/** One unit as it crosses the thread. */
export interface UnitCall {
  readonly name: UnitName
  readonly args: readonly unknown[]
}

/** An error as it crosses the thread: only ours keep their code. */
export interface UnitFailure {
  readonly code: string
  readonly message: string
  readonly hint: string
}

export type UnitOutcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: UnitFailure }

export interface StoreMeta {
  readonly instance: string
  readonly epoch: string
  readonly schema: number
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
  #connection: Connection
  #context: UnitContext
  #afterCommit: (() => void)[] = []
  #onRollback: (() => void)[] = []
  /** Set while the disk's last word was an error. */
  #uncertain = false

  constructor(file: string, now: number, newId: () => string) {
    this.#file = file
    this.#newId = newId
    this.#connection = openWriter(file)
    try {
      migrate(this.#connection, file)
      this.#context = this.#load(now)
    } catch (error) {
      this.#connection.close()
      throw error
    }
  }

  meta(): StoreMeta {
    const read = (name: string): string => this.#meta(name) ?? this.#putMeta(name, this.#newId())
    return { instance: read('instance'), epoch: read('epoch'), schema: schemaVersion(this.#connection) }
  }

  /** Runs a batch; the outcomes, one a unit. Throws when the disk refused: then no unit is known to have happened. */
  run(calls: readonly UnitCall[], now: number): readonly UnitOutcome[] {
    if (this.#uncertain) this.#recover(now)
    try {
      return this.#transact(calls, false)
    } catch (error) {
      if (!(error instanceof UnitFailed)) throw storageError(error)
    }
    try {
      return this.#transact(calls, true)
    } catch (error) {
      throw storageError(error)
    }
  }

  /** Takes the place of the present file by a backup, under a new epoch; where the old one is now. */
  restore(backup: string, now: number): string {
    checkBackup(backup)
    const kept = `${this.#file}.replaced-${now}`
    const incoming = `${this.#file}.incoming`
    copyDurably(backup, incoming)
    // The last connection to close folds the log into the file, so that the file alone is the whole store.
    this.#connection.close()
    renameSync(this.#file, kept)
    for (const suffix of ['-wal', '-shm']) rmSync(this.#file + suffix, { force: true })
    renameSync(incoming, this.#file)
    this.#connection = openWriter(this.#file)
    migrate(this.#connection, this.#file)
    this.#putMeta('epoch', this.#newId())
    this.#context = this.#load(now)
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
  #transact(calls: readonly UnitCall[], savepoints: boolean): readonly UnitOutcome[] {
    this.#afterCommit = []
    this.#onRollback = []
    const { sql } = this.#connection
    try {
      sql('begin immediate').run()
      const moved = this.#context.keys.moveSlice()
      const outcomes = calls.map(call => (savepoints ? this.#runGuarded(call) : this.#runBare(call)))
      touchResources(this.#context)
      this.#context.heads.flush()
      sql('commit').run()
      moved?.()
      for (const run of this.#afterCommit) run()
      return outcomes
    } catch (error) {
      this.#failBatch(error)
      throw error
    }
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
      const { code, message, hint } = toEcError(error)
      return { ok: false, error: { code, message, hint } }
    }
  }

  #failBatch(error: unknown): void {
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
    for (const run of this.#onRollback.splice(from).reverse()) run()
  }

  #recover(now: number): void {
    try {
      this.#connection.close()
    } catch {
      // It is given up either way.
    }
    try {
      this.#connection = openWriter(this.#file)
      const check = this.#connection.db.pragma('quick_check(1)', { simple: true })
      if (check !== 'ok') throw new EcError('EC_STORE_CORRUPT', `the store does not pass its check: ${String(check)}`)
      // Writes every page of the log into the file and syncs both: what readers see is on the disk from here on.
      const [result] = this.#connection.sql<{ busy: number }>('pragma wal_checkpoint(truncate)').all()
      if (result?.busy !== 0) throw new Error('the log could not be folded into the file')
      this.#context = this.#load(now)
      this.#uncertain = false
    } catch (error) {
      throw storageError(error)
    }
  }

  #load(now: number): UnitContext {
    const { sql } = this.#connection
    const context: UnitContext = {
      sql,
      jobs: new JobTable(sql),
      keys: new KeyIndex(sql),
      heads: new HeadTable(sql),
      knownUsers: new Set(),
      lastNotificationAt: new Map(),
      afterCommit: run => void this.#afterCommit.push(run),
      onRollback: run => void this.#onRollback.push(run),
    }
    context.jobs.load(now)
    context.keys.load()
    return context
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

/** A backup must be a whole store of ours that this version can read. */
function checkBackup(backup: string): void {
  let connection: Connection
  try {
    connection = openReader(backup)
  } catch (cause) {
    throw new EcError('EC_FILE', `${backup} cannot be opened as a backup`, {
      cause,
      hint: 'check the path and its rights',
    })
  }
  try {
    const application = Number(connection.db.pragma('application_id', { simple: true }))
    const whole =
      application === APPLICATION_ID && connection.db.pragma('integrity_check(1)', { simple: true }) === 'ok'
    if (!whole)
      throw new EcError('EC_STORE_CORRUPT', `${backup} is no whole backup of ec`, { hint: 'use another backup' })
    if (schemaVersion(connection) > newestSchema()) {
      throw new EcError('EC_STORE_NEWER', `${backup} was written by a newer version of ec`)
    }
  } catch (error) {
    if (error instanceof EcError) throw error
    throw new EcError('EC_STORE_CORRUPT', `${backup} is no backup of ec`, { cause: error, hint: 'use another backup' })
  } finally {
    connection.close()
  }
}

function copyDurably(from: string, to: string): void {
  copyFileSync(from, to)
  const fd = openSync(to, 'r+')
  fsyncSync(fd)
  closeSync(fd)
}

function sqliteCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function isFull(error: unknown): boolean {
  return sqliteCode(error).startsWith('SQLITE_FULL')
}

function isDiskFault(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY|NOMEM|BUSY|PROTOCOL)/.test(sqliteCode(error))
}

/** What a caller is told when the disk refused. */
function storageError(error: unknown): EcError {
  if (error instanceof EcError) return error
  if (isFull(error)) return new EcError('EC_STORAGE_FULL', 'the disk is full', { cause: error })
  const code = sqliteCode(error)
  return new EcError('EC_STORAGE_FAILED', `the store could not be written${code ? ` (${code})` : ''}`, { cause: error })
}
