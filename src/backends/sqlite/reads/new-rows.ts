import type { Sql } from '../connection.ts'

/** The newest rows of a table, ascending, and how many after the given number they leave out. */
export interface NewRows<Item> {
  readonly items: readonly Item[]
  readonly skipped: number
  /** The number of the table's newest row; 0 for an empty one. */
  readonly last: number
}

/** A table whose rows are numbered by `n` in the order of their arrival. */
interface NumberedTable<Row, Item> {
  readonly columns: string
  readonly table: string
  readonly toItem: (row: Row) => Item
}

/**
 * The newest `limit` rows with a number above `after`; null = whatever their number. Once the last rows of a table were
 * removed, SQLite gives their numbers out again, so a position behind the newest row falls back to that row.
 */
export function readNewRows<Row extends { readonly n: number }, Item>(
  sql: Sql,
  after: number | null,
  limit: number,
  { columns, table, toItem }: NumberedTable<Row, Item>,
): NewRows<Item> {
  const last = sql<{ n: number | null }>(`select max(n) as n from ${table}`).get()?.n ?? 0
  const rows = sql<Row>(`select ${columns} from ${table} where n > ? order by n desc limit ?`).all(after ?? 0, limit)
  const oldest = rows.at(-1)
  const isCut = after !== null && rows.length === limit && oldest !== undefined
  return { items: rows.toReversed().map(toItem), skipped: isCut ? countBetween(sql, table, after, oldest.n) : 0, last }
}

function countBetween(sql: Sql, table: string, after: number, before: number): number {
  return sql<{ c: number }>(`select count(*) as c from ${table} where n > ? and n < ?`).get(after, before)?.c ?? 0
}
