import type { Database } from 'better-sqlite3'
import { isDamage } from './storage-error.ts'

/** SQLite's quick check of the whole file: the first thing that is wrong, in a line; null when nothing is. */
export function quickCheck(db: Database): string | null {
  try {
    const found = String(db.pragma('quick_check(1)', { simple: true }))
    // It says in which database before it says what.
    return found === 'ok' ? null : (found.trim().split('\n').at(-1) ?? found)
  } catch (error) {
    if (isDamage(error) && error instanceof Error) return error.message
    throw error
  }
}
