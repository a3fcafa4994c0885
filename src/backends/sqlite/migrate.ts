import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { writeNew } from '../../core/private-file.ts'
import { APPLICATION_ID, inTransaction, type Connection } from './connection.ts'

/** A numbered file of `migrations/`; its number is the schema version that it leads to. */
export interface Migration {
  readonly version: number
  readonly sql: string
}

/** The steps that this build knows, ascending. */
export function readMigrations(): readonly Migration[] {
  const folder = new URL('./migrations/', import.meta.url)
  return readdirSync(folder)
    .filter(name => /^\d{4}-.*\.sql$/.test(name))
    .sort()
    .map(name => ({ version: Number(name.slice(0, 4)), sql: readFileSync(new URL(name, folder), 'utf8') }))
}

/** The schema that the steps lead to. */
export function newestSchema(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}

export function schemaVersion({ db }: Connection): number {
  return Number(db.pragma('user_version', { simple: true }))
}

/**
 * Brings the store to the newest schema, each step in a transaction of its own. Before it changes a store that holds
 * data it writes a copy beside `file`; null when another copy is there anyway.
 */
export function migrate(connection: Connection, migrations: readonly Migration[], file: string | null): void {
  const from = schemaVersion(connection)
  const steps = migrations.filter(step => step.version > from)
  if (file !== null && from > 0 && steps.length > 0) copyTo(connection, `${file}.before-${newestSchema(steps)}`)
  for (const step of steps) {
    inTransaction(connection, () => {
      connection.db.exec(step.sql)
      connection.db.pragma(`user_version = ${step.version}`)
      connection.db.pragma(`application_id = ${APPLICATION_ID}`)
    })
  }
}

function copyTo(connection: Connection, copy: string): void {
  rmSync(copy, { force: true })
  writeNew(copy, '')
  connection.db.prepare('vacuum into ?').run(copy)
}
