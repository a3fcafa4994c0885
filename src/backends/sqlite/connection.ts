import { closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'

/** A statement as the units and reads use it: prepared once, rows typed by whoever wrote the SQL. */
export type Sql = <Row = unknown>(text: string) => Database.Statement<unknown[], Row>

/** An open store file. */
export interface Connection {
  readonly db: Database.Database
  /** The prepared statement for this text; made on first use and kept. */
  readonly sql: Sql
  close(): void
}

/** "eCev": tells our files from other SQLite files. */
export const APPLICATION_ID = 0x65436576

/**
 * What a connection keeps of the file, KB. The system keeps the file in memory as well, and does so for all connections:
 * with 32 MB for the writer and 16 MB for the reader, as SQLite has it here, neither notifications nor a first read took less CPU.
 */
const CACHE_KB = { writer: 8_000, reader: 4_000 } as const

/**
 * 16 KiB pages: half the write cost of 4 KiB ones for rows of about 1 KB, with a far calmer p99 of the commit.
 * `synchronous=FULL` syncs the log at each commit; with `fullfsync` macOS does so down to the platter.
 */
const WRITER_PRAGMAS = [
  'page_size = 16384',
  'journal_mode = WAL',
  'synchronous = FULL',
  'fullfsync = on',
  'checkpoint_fullfsync = on',
  'foreign_keys = on',
  'temp_store = memory',
  `cache_size = -${CACHE_KB.writer}`,
  'wal_autocheckpoint = 1000',
  'journal_size_limit = 67108864',
]

/** A connection that can write; nothing is changed yet. A file that is made for it is its owner's alone. */
export function openFile(file: string): Connection {
  closeSync(openSync(file, 'a', 0o600))
  const db = new Database(file)
  db.pragma('busy_timeout = 5000')
  return wrap(db)
}

/** Makes a connection the one that writes. */
export function configureWriter({ db }: Connection): void {
  for (const pragma of WRITER_PRAGMAS) db.pragma(pragma)
}

/**
 * A connection that can only read; it sees each commit as soon as it is durable. Nothing of the file is read here: one whose
 * making was cut short has to be mended by a writer first.
 */
export function openReader(file: string): Connection {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  db.pragma('query_only = on')
  db.pragma('busy_timeout = 5000')
  // SQLite folds the case of ASCII alone; people search in every alphabet.
  db.function('fold', { deterministic: true }, text => (typeof text === 'string' ? text.toLowerCase() : ''))
  return wrap(db)
}

/** For a reader that stays. SQLite reads the file to set it. */
export function keepReaderSmall({ db }: Connection): void {
  db.pragma(`cache_size = -${CACHE_KB.reader}`)
}

/** Runs `work` in a transaction of its own. */
export function inTransaction<Result>({ db, sql }: Connection, work: () => Result): Result {
  sql('begin immediate').run()
  try {
    const result = work()
    sql('commit').run()
    return result
  } catch (error) {
    if (db.inTransaction) sql('rollback').run()
    throw error
  }
}

function wrap(db: Database.Database): Connection {
  // Rows are only ever given out, so a statement of no particular row stands for one of any.
  const statements = new Map<string, Database.Statement<unknown[], never>>()
  return {
    db,
    sql: text => {
      const known = statements.get(text)
      if (known) return known
      const made = db.prepare<unknown[], never>(text)
      statements.set(text, made)
      return made
    },
    close: () => db.close(),
  }
}
