import type { Statement } from 'better-sqlite3'
import { EcError } from '../../core/errors.ts'
import { keepReaderSmall, openReader, type Connection, type Sql } from './connection.ts'
import { RETRY_AFTER_MS } from './plain-error.ts'
import { readingError } from './storage-error.ts'

/**
 * The main thread's eyes. Reads of one turn of the loop share a read transaction: SQLite drops its page cache whenever
 * another connection has committed, so a run of small reads would otherwise load the same pages again and again. The
 * transaction ends with the turn, and at each commit before anyone hears of it, so whoever wrote reads what he wrote.
 */
export class Reader {
  readonly #file: string
  /** Null while the file is being replaced, and after the end. */
  #connection: Connection | null
  /** What has been read in the transaction. */
  readonly #memories: { clear(): void }[] = []

  constructor(file: string) {
    this.#file = file
    this.#connection = openEyes(file)
  }

  readonly sql: Sql = text => {
    const connection = this.#connection
    if (!connection) {
      throw new EcError('EC_STORAGE_FAILED', 'the store is being replaced', { retryAfterMs: RETRY_AFTER_MS })
    }
    try {
      if (!connection.db.inTransaction) {
        connection.sql('begin').run()
        setImmediate(() => this.#end(connection))
      }
      return tellFaults(connection.sql(text))
    } catch (error) {
      throw readingError(error)
    }
  }

  /**
   * A read that many ask for at once, as for each device that an event goes to: within a transaction it is done once for
   * each key, and whoever gets the answer shares it.
   */
  remember<Key extends readonly (string | number)[], Value>(read: (...key: Key) => Value): (...key: Key) => Value {
    const memory = this.memory<string, Value>()
    return (...key) => {
      const name = key.join('\0')
      const known = memory.get(name)
      if (known !== undefined) return known
      const value = read(...key)
      memory.set(name, value)
      return value
    }
  }

  /** For what is read together and asked for one by one: it is emptied with the transaction. */
  memory<Key, Value>(): Map<Key, Value> {
    const memory = new Map<Key, Value>()
    this.#memories.push(memory)
    return memory
  }

  /** Lets the next read see what has been committed by now. */
  refresh(): void {
    if (this.#connection) this.#end(this.#connection)
  }

  /** Idempotent. */
  close(): void {
    this.refresh()
    this.#connection?.close()
    this.#connection = null
  }

  /** After the file was replaced. */
  reopen(): void {
    this.#connection = openEyes(this.#file)
  }

  #end({ db, sql }: Connection): void {
    for (const memory of this.#memories) memory.clear()
    // SQLite ends the transaction by itself when a read of it failed.
    if (db.open && db.inTransaction) sql('rollback').run()
  }
}

function openEyes(file: string): Connection {
  const connection = openReader(file)
  keepReaderSmall(connection)
  return connection
}

const telling = new WeakSet<object>()

/** From here on what the disk or a damaged file does to the statement is told as `EC_STORAGE_FAILED` or `EC_STORE_CORRUPT`. */
function tellFaults<Row>(statement: Statement<unknown[], Row>): Statement<unknown[], Row> {
  if (telling.has(statement)) return statement
  telling.add(statement)
  const [get, all] = [statement.get.bind(statement), statement.all.bind(statement)]
  statement.get = (...params) => attempt(() => get(...params))
  statement.all = (...params) => attempt(() => all(...params))
  return statement
}

function attempt<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw readingError(error)
  }
}
