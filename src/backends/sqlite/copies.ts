import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { isErrno } from '../../core/errno.ts'
import { EcError } from '../../core/errors.ts'
import { writeNew } from '../../core/private-file.ts'
import { configureWriter, openFile, openReader, type Connection } from './connection.ts'
import { migrate, newestSchema, readMigrations } from './migrate.ts'
import { checkOwnership } from './open-store.ts'

/** Copies a store that is in use, in one read transaction; the copy gets its name only once it is whole and on disk. */
export function backUp(file: string, target: string): void {
  const partial = `${target}.partial`
  try {
    if (existsSync(target)) throw new EcError('EC_FILE', `${target} exists already`, { hint: 'choose another name' })
    rmSync(partial, { force: true })
    writeNew(partial, '')
    const connection = openReader(file)
    try {
      connection.db.pragma('query_only = off')
      connection.db.prepare('vacuum into ?').run(partial)
    } finally {
      connection.close()
    }
    syncFile(partial)
    renameSync(partial, target)
    syncFolder(target)
  } catch (error) {
    rmSync(partial, { force: true })
    throw fileError(error, `the backup ${target} could not be written`)
  }
}

/**
 * Makes of a backup, at `incoming`, a store of the newest schema under a new epoch. Nothing stays of it on an error:
 * `EC_STORE_CORRUPT`, `EC_STORE_NEWER`, `EC_FILE`.
 */
export function prepareReplacement(backup: string, incoming: string, epoch: string): void {
  removeStore(incoming)
  try {
    checkBackup(backup)
    copyFileSync(backup, incoming)
    // A copy that somebody made of the files themselves may have left its newest commits in the log.
    if (existsSync(`${backup}-wal`)) copyFileSync(`${backup}-wal`, `${incoming}-wal`)
    const connection = openFile(incoming)
    try {
      checkWhole(connection, backup)
      configureWriter(connection)
      migrate(connection, readMigrations(), null)
      connection.sql(`insert or replace into meta (name, value) values ('epoch', ?)`).run(epoch)
      // A link that was used since, and a session that was ended since, must not come back with the backup.
      for (const table of ['sign_in_links', 'browser_sessions']) connection.sql(`delete from ${table}`).run()
    } finally {
      connection.close()
    }
    syncFile(incoming)
  } catch (error) {
    removeStore(incoming)
    throw fileError(error, `the backup ${backup} could not be read`)
  }
}

function checkBackup(backup: string): void {
  const found = statSync(backup, { throwIfNoEntry: false })
  if (found?.isFile() === true) return
  const what = found === undefined ? `there is no file ${backup}` : `${backup} is no file`
  throw new EcError('EC_FILE', what, { hint: 'name a file that `ec backup` wrote, as the agent sees it' })
}

/** Takes the place of a store that nobody has open; what was there stays at `kept`. There is a store at any moment. */
export function replaceStore(file: string, incoming: string, kept: string): void {
  try {
    keep(file, kept)
    // A damaged store may have left its newest commits in its log.
    if (existsSync(`${file}-wal`)) keep(`${file}-wal`, `${kept}-wal`)
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
    renameSync(incoming, file)
    syncFolder(file)
  } catch (error) {
    throw fileError(error, `${file} could not be replaced`)
  }
}

function keep(file: string, kept: string): void {
  try {
    linkSync(file, kept)
  } catch (error) {
    // Not every file system has links.
    if (isErrno(error, 'EEXIST')) throw error
    copyFileSync(file, kept)
    syncFile(kept)
  }
}

function checkWhole(connection: Connection, backup: string): void {
  const hint = 'use another backup'
  let whole = false
  try {
    checkOwnership(connection, backup, newestSchema(readMigrations()))
    const tables = connection.sql<{ c: number }>('select count(*) as c from sqlite_schema').get()?.c ?? 0
    whole = tables > 0 && connection.db.pragma('integrity_check(1)', { simple: true }) === 'ok'
  } catch (error) {
    if (error instanceof EcError && error.code === 'EC_STORE_NEWER') throw error
    throw new EcError('EC_STORE_CORRUPT', `${backup} is no backup of ec`, { cause: error, hint })
  }
  if (!whole) throw new EcError('EC_STORE_CORRUPT', `${backup} is no whole backup of ec`, { hint })
}

/** A store that nobody has open, with all that lies beside it. */
export function removeStore(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true })
}

function syncFile(file: string): void {
  const fd = openSync(file, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** A new name is only on disk once its folder is. Windows syncs no folders and needs it not. */
function syncFolder(file: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(dirname(file), 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function fileError(error: unknown, message: string): EcError {
  if (error instanceof EcError) return error
  const reason = error instanceof Error ? `: ${error.message}` : ''
  return new EcError('EC_FILE', message + reason, { cause: error })
}
