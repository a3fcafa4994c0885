import { closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'
import { EcError } from '../core/errors.ts'
import { checkNativeModule } from '../core/native-module.ts'

/**
 * Makes sure that one agent alone uses a data folder. The lock is the operating system's, held through an open SQLite
 * transaction on a file of its own: it cannot be left behind by a process that died. `EC_AGENT_RUNNING` when another
 * holds it, `EC_DATA_DIR` when the folder cannot be written, `EC_NATIVE_MODULE` when SQLite does not fit this Node.
 */
export function lockDataDir(file: string): () => void {
  checkNativeModule()
  let db: Database.Database | null = null
  try {
    closeSync(openSync(file, 'a', 0o600))
    db = new Database(file, { timeout: 0 })
    db.pragma('journal_mode = delete')
    db.exec('begin exclusive')
  } catch (cause) {
    db?.close()
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code === 'ERR_DLOPEN_FAILED' || code === 'MODULE_NOT_FOUND' || /bindings file/.test(String(cause))) {
      throw new EcError('EC_NATIVE_MODULE', 'the SQLite module cannot be loaded', { cause })
    }
    if (code.startsWith('SQLITE_BUSY')) {
      throw new EcError('EC_AGENT_RUNNING', 'another agent uses this data folder', { cause })
    }
    throw new EcError('EC_DATA_DIR', `the data folder cannot be used (${code || String(cause)})`, { cause })
  }
  const held = db
  return () => held.close()
}
