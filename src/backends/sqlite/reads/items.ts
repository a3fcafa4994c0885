import type { Item, TimeWindow } from '../../../core/item.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { ItemQuery, Page } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { readPage } from './paging.ts'

interface ItemRow {
  readonly n: number
  readonly id: string
  readonly version: string | null
  readonly updated_at: number | null
  readonly starts_at: number | null
  readonly ends_at: number | null
  readonly series: string | null
  readonly json: string
}

const COLUMNS = 'n, id, version, updated_at, starts_at, ends_at, series, json'
const OF_RESOURCE = 'resource_n = (select n from resources where id = ?)'

export function getItems(sql: Sql, resourceId: string, ids: readonly string[]): readonly Item[] {
  const read = sql<ItemRow>(`select ${COLUMNS} from items where ${OF_RESOURCE} and id = ?`)
  return ids.flatMap(id => {
    const row = read.get(resourceId, id)
    return row ? [toItem(row)] : []
  })
}

export function listItems(sql: Sql, resourceId: string, query: ItemQuery): Page<Item> {
  const { window } = query
  return readPage<ItemRow, Item>(sql, query, {
    columns: COLUMNS,
    table: 'items',
    order: 'n',
    where: [window === undefined ? [OF_RESOURCE, resourceId] : inWindow(resourceId, window)],
    position: row => row.n,
    toItem,
  })
}

/**
 * An exception may have been moved out of the window, and then says that its place in the series is empty. The window is
 * looked for once, and the resource not asked for again outside: SQLite would go through all of its items.
 */
function inWindow(resourceId: string, { from, to }: TimeWindow): readonly [string, ...(string | number)[]] {
  return [
    `n in (
       with found as materialized
         (select n, id from items where ${OF_RESOURCE} and starts_at < ? and (ends_at is null or ends_at > ?))
       select n from found
       union all
       select n from items where ${OF_RESOURCE} and series in (select id from found))`,
    resourceId,
    to,
    from,
    resourceId,
  ]
}

export function listUnseen(sql: Sql, resourceId: string, generation: number, limit: number): readonly Item[] {
  return sql<ItemRow>(`select ${COLUMNS} from items where ${OF_RESOURCE} and generation < ? order by n limit ?`)
    .all(resourceId, generation, limit)
    .map(toItem)
}

export function countUnseen(sql: Sql, resourceId: string, generation: number): number {
  const row = sql<{ c: number }>(`select count(*) as c from items where ${OF_RESOURCE} and generation < ?`)
  return row.get(resourceId, generation)?.c ?? 0
}

function toItem(row: ItemRow): Item {
  const json: JsonObject = JSON.parse(row.json)
  const { id, version, series } = row
  return { id, version, updatedAt: row.updated_at, startsAt: row.starts_at, endsAt: row.ends_at, series, json }
}
