import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { EcError } from '../../core/errors.ts'
import { APPLICATION_ID, type Connection } from './connection.ts'

/** A numbered file of `migrations/`; its number is the schema version that it leads to. */
interface Migration {
  readonly version: number
  readonly sql: string
}

/** The newest schema that this build knows. */
export function newestSchema(): number {
  return readMigrations().at(-1)?.version ?? 0
}

export function schemaVersion(connection: Connection): number {
  return Number(connection.db.pragma('user_version', { simple: true }))
}

/**
 * Brings the store to the newest schema, each step in a transaction of its own. Before it changes a store that holds
 * data it writes a copy beside it. `EC_STORE_NEWER` when a newer ec wrote the store, `EC_STORE_CORRUPT` when it is no
 * store of ours.
 */
export function migrate(connection: Connection, file: string): { readonly from: number; readonly to: number } {
  const { db } = connection
  const from = schemaVersion(connection)
  checkOwnership(connection, from, file)
  const steps = readMigrations().filter(step => step.version > from)
  const to = steps.at(-1)?.version ?? from
  if (from > 0 && to > from) copyBefore(connection, `${file}.before-${to}`)
  for (const step of steps) {
    db.exec('begin immediate')
    try {
      db.exec(step.sql)
      db.pragma(`user_version = ${step.version}`)
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.exec('commit')
    } catch (error) {
      db.exec('rollback')
      throw error
    }
  }
  return { from, to }
}

function checkOwnership(connection: Connection, version: number, file: string): void {
  const application = Number(connection.db.pragma('application_id', { simple: true }))
  const tables = connection.sql<{ c: number }>('select count(*) as c from sqlite_schema').get()?.c ?? 0
  if (tables > 0 && application !== APPLICATION_ID) {
    throw new EcError('EC_STORE_CORRUPT', `${file} is a database of another program`, {
      hint: 'choose another data folder with --data-dir',
    })
  }
  if (version > newestSchema()) {
    throw new EcError('EC_STORE_NEWER', `the store has schema ${version}, this version knows ${newestSchema()}`)
  }
}

function copyBefore(connection: Connection, copy: string): void {
  if (existsSync(copy)) rmSync(copy)
  connection.db.prepare('vacuum into ?').run(copy)
}

function readMigrations(): readonly Migration[] {
  const folder = new URL('./migrations/', import.meta.url)
  return readdirSync(folder)
    .filter(name => /^\d{4}-.*\.sql$/.test(name))
    .sort()
    .map(name => ({ version: Number(name.slice(0, 4)), sql: readFileSync(new URL(name, folder), 'utf8') }))
}
