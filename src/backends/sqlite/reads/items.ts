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
  const bounds = window === undefined ? [] : [inWindow(resourceId, window)]
  return readPage<ItemRow, Item>(sql, query, {
    columns: COLUMNS,
    table: 'items',
    order: 'n',
    where: [[OF_RESOURCE, resourceId], ...bounds],
    position: row => row.n,
    toItem,
  })
}

/** An exception may have been moved out of the window, and then says that its place in the series is empty. */
function inWindow(resourceId: string, { from, to }: TimeWindow): readonly [string, ...(string | number)[]] {
  const inside = `${OF_RESOURCE} and starts_at < ? and (ends_at is null or ends_at > ?)`
  return [
    `n in (select n from items where ${inside} union select n from items where ${OF_RESOURCE} and series in
       (select id from items where ${inside}))`,
    resourceId,
    to,
    from,
    resourceId,
    resourceId,
    to,
    from,
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
