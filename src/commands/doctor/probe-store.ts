import { statSync, writeSync } from 'node:fs'
import { checkNativeModule } from '../../core/native-module.ts'

/**
 * Run in a process of its own, since a native module of another Node can crash it, and a check of a large store is
 * ended when it takes too long. Only the agent opens the store, to write; this reads it by a connection that cannot
 * write, beside a running agent too: no agent is needed to learn that the store is damaged, or why none starts.
 */

const [, , file] = process.argv

// Loaded on demand, so that what does not load is said in our words.
checkNativeModule()
const { default: Database } = await import('better-sqlite3')
new Database(':memory:').close()
tell('native', await readNativeVersion())
if (file !== undefined) await lookAt(file)

async function lookAt(file: string): Promise<void> {
  const { openReader } = await import('../../backends/sqlite/connection.ts')
  const { newestSchema, readMigrations, schemaVersion } = await import('../../backends/sqlite/migrate.ts')
  const { checkOwnership } = await import('../../backends/sqlite/open-store.ts')
  const { openingError } = await import('../../backends/sqlite/storage-error.ts')
  const { quickCheck } = await import('../../backends/sqlite/quick-check.ts')
  const { readSealedSamples } = await import('../../backends/sqlite/reads/sealed-samples.ts')
  try {
    // Not `existsSync`: a store that this user may not see is no missing one.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return tell('store', null)
    const connection = openReader(file)
    const newest = newestSchema(readMigrations())
    const schema = schemaVersion(connection)
    tell('store', { schema, newest })
    checkOwnership(connection, file, newest)
    tell('sealed', schema === 0 ? [] : readSealedSamples(connection.sql))
    tell('integrity', quickCheck(connection.db) ?? 'ok')
    connection.close()
  } catch (error) {
    const { code, message, hint } = openingError(error, file)
    tell('refused', { code, message, hint })
  }
}

async function readNativeVersion(): Promise<string> {
  const { createRequire } = await import('node:module')
  const { version }: { version: string } = createRequire(import.meta.url)('better-sqlite3/package.json')
  return version
}

function tell(name: string, value: unknown): void {
  writeSync(1, `${JSON.stringify({ [name]: value })}\n`)
}
