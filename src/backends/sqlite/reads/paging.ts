import { EcError } from '../../../core/errors.ts'
import type { Page, PageQuery } from '../../store.ts'
import type { Sql } from '../connection.ts'

type Value = string | number

/** A list of rows in the order of one whole-number column. */
export interface Listing<Row, Item> {
  readonly columns: string
  readonly table: string
  /** The column that orders and that cursors hold. */
  readonly order: string
  readonly where: readonly (readonly [condition: string, ...values: Value[]])[]
  readonly position: (row: Row) => number
  readonly toItem: (row: Row) => Item
}

/**
 * One page, ascending. A cursor is the order column of the row it stands behind; going back and the newest page are
 * read from the far end and turned round.
 */
export function readPage<Row, Item>(sql: Sql, query: PageQuery, listing: Listing<Row, Item>): Page<Item> {
  const backwards = query.after === undefined
  const bounds: (readonly [string, ...Value[]])[] = []
  if (query.after !== undefined) bounds.push([`${listing.order} > ?`, toPosition(query.after)])
  if (query.before !== undefined) bounds.push([`${listing.order} < ?`, toPosition(query.before)])
  const conditions = [...listing.where, ...bounds]
  const text =
    `select ${listing.columns} from ${listing.table}` +
    (conditions.length > 0 ? ` where ${conditions.map(c => c[0]).join(' and ')}` : '') +
    ` order by ${listing.order} ${backwards ? 'desc' : 'asc'} limit ?`
  const values = conditions.flatMap(([, ...rest]) => rest)
  // One row more than asked for tells whether there is a next page.
  const found = sql<Row>(text).all(...values, query.limit + 1)
  const rows = found.slice(0, query.limit)
  if (backwards) rows.reverse()
  const more = backwards ? query.before !== undefined : found.length > query.limit
  const last = rows.at(-1)
  return {
    rows: rows.map(listing.toItem),
    next: more && last !== undefined ? String(listing.position(last)) : null,
  }
}

function toPosition(cursor: string): number {
  const position = Number(cursor)
  if (/^\d{1,15}$/.test(cursor)) return position
  throw new EcError('EC_USAGE', 'the cursor is not one that a page gave', { hint: 'start again with after=0' })
}

/** Conditions for the filters that are given: column equals value. */
export function equals(
  filters: Readonly<Record<string, string | undefined>>,
): readonly (readonly [string, ...Value[]])[] {
  return Object.entries(filters).flatMap(([column, value]) => (value === undefined ? [] : [[`${column} = ?`, value]]))
}
