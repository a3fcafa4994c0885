import { existsSync } from 'node:fs'
import { EcError } from '../../core/errors.ts'
import { APPLICATION_ID, configureWriter, openFile, openReader, type Connection } from './connection.ts'
import { migrate, newestSchema, readMigrations, schemaVersion, type Migration } from './migrate.ts'
import { openingError } from './storage-error.ts'

/**
 * Opens a store for writing, makes it if there is none, and brings it to the newest schema. What is not ours or too new
 * is left as it was: `EC_STORE_CORRUPT`, `EC_STORE_NEWER`, `EC_DATA_DIR`.
 */
export function openStore(file: string, migrations: readonly Migration[] = readMigrations()): Connection {
  let connection: Connection | null = null
  try {
    if (existsSync(file)) inspect(file, newestSchema(migrations))
    connection = openFile(file)
    checkOwnership(connection, file, newestSchema(migrations))
    configureWriter(connection)
    migrate(connection, migrations, file)
    return connection
  } catch (error) {
    connection?.close()
    throw openingError(error, file)
  }
}

/**
 * Looks at the file by a connection that cannot write: one that can folds the log of an agent that was killed into the
 * file when it closes, and so changes what it has just refused.
 */
function inspect(file: string, newest: number): void {
  const connection = openReader(file)
  try {
    checkOwnership(connection, file, newest)
  } catch (error) {
    // A first start was killed before the store had its log: only a writer can tidy that up, and then looks again.
    if (!hasHotJournal(error)) throw error
  } finally {
    connection.close()
  }
}

/** Refuses what is no store of ours, or one of a version to come. */
export function checkOwnership(connection: Connection, file: string, newest: number): void {
  const application = Number(connection.db.pragma('application_id', { simple: true }))
  const tables = connection.sql<{ c: number }>('select count(*) as c from sqlite_schema').get()?.c ?? 0
  if (tables > 0 && application !== APPLICATION_ID) {
    throw new EcError('EC_STORE_CORRUPT', `${file} is a database of another program`, {
      hint: 'choose another data folder with --data-dir',
    })
  }
  const version = schemaVersion(connection)
  if (version > newest) {
    throw new EcError('EC_STORE_NEWER', `${file} has schema ${version}, this version of ec knows ${newest}`)
  }
}

function hasHotJournal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_READONLY_ROLLBACK'
}
