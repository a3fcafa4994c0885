import type { Sql } from './connection.ts'

/**
 * The last row that can be older than an instant, of a table whose rows are in order of arrival; 0 when none can. Found
 * by halving, so it costs a few looks and no index. Where the clock was set while rows came, a few may stand on the
 * wrong side of it: whoever uses it asks each row for its age too.
 */
export function ageEdge(sql: Sql, table: string, column: string, before: number): number {
  const ends = sql<{ low: number | null; high: number | null }>(
    `select (select min(n) from ${table}) as low, (select max(n) from ${table}) as high`,
  ).get()
  if (!ends || ends.low === null || ends.high === null) return 0
  const look = sql<{ n: number; at: number }>(
    `select n, ${column} as at from ${table} where n between ? and ? order by n limit 1`,
  )
  let old = ends.low - 1
  let young = ends.high + 1
  while (young - old > 1) {
    const middle = Math.floor((old + young) / 2)
    const row = look.get(middle, young - 1)
    if (row && row.at < before) old = row.n
    else young = middle
  }
  return old < ends.low ? 0 : old
}
