import { openReader, type Connection, type Sql } from './connection.ts'

/**
 * The main thread's eyes. Reads of one turn of the loop share a read transaction: SQLite drops its page cache whenever
 * another connection has committed, so a run of small reads would otherwise load the same pages again and again. The
 * transaction ends with the turn, and at each commit before anyone hears of it, so whoever wrote reads what he wrote.
 */
export class Reader {
  readonly #file: string
  #connection: Connection
  #open = false

  constructor(file: string) {
    this.#file = file
    this.#connection = openReader(file)
  }

  readonly sql: Sql = text => {
    this.#begin()
    return this.#connection.sql(text)
  }

  /** Lets the next read see what has been committed by now. */
  refresh(): void {
    if (!this.#open) return
    this.#open = false
    this.#connection.sql('commit').run()
  }

  close(): void {
    this.refresh()
    this.#connection.close()
  }

  /** After the file was replaced. */
  reopen(): void {
    this.#connection = openReader(this.#file)
  }

  #begin(): void {
    if (this.#open) return
    this.#open = true
    this.#connection.sql('begin').run()
    setImmediate(() => {
      if (this.#connection.db.open) this.refresh()
    })
  }
}
