import { EcError } from '../../core/errors.ts'
import { APPLICATION_ID, configureWriter, openFile, type Connection } from './connection.ts'
import { migrate, newestSchema, readMigrations, schemaVersion, type Migration } from './migrate.ts'
import { openingError } from './storage-error.ts'

/**
 * Opens a store for writing, makes it if there is none, and brings it to the newest schema. What is not ours or too new
 * is left as it was: `EC_STORE_CORRUPT`, `EC_STORE_NEWER`, `EC_DATA_DIR`.
 */
export function openStore(file: string, migrations: readonly Migration[] = readMigrations()): Connection {
  let connection: Connection | null = null
  try {
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
