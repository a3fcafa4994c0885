import type { UnitContext } from '../unit.ts'

/** An item on its way to the writer's thread. */
export type PackedItem = readonly [
  id: string,
  generation: number,
  version: string | null,
  updatedAt: number | null,
  startsAt: number | null,
  endsAt: number | null,
  series: string | null,
  json: string,
]

/** What goes: by name, and with its series but for what is kept. */
export interface GoneItems {
  readonly removed: readonly string[]
  readonly removedSeries: readonly string[]
  readonly kept: readonly string[]
}

/** Keeps the count of what is here. What goes goes before the rest comes. The same items once more change nothing. */
export function writeItems(ctx: UnitContext, resourceN: number, items: readonly PackedItem[], gone: GoneItems): void {
  const kept = new Set(gone.kept)
  let more = 0
  for (const id of gone.removed) more -= removeItem(ctx, resourceN, id)
  for (const series of gone.removedSeries) {
    const exceptions = ctx
      .sql<{ id: string }>('select id from items where resource_n = ? and series = ?')
      .all(resourceN, series)
    // Those that are written with it stay: a person may be left in one occurrence of a series that he was taken out of.
    for (const { id } of exceptions) if (!kept.has(id)) more -= removeItem(ctx, resourceN, id)
  }
  for (const item of items) more += writeItem(ctx, resourceN, item)
  if (more !== 0) ctx.sql('update syncs set items = items + ? where resource_n = ?').run(more, resourceN)
}

/** 1 for one that was here. */
function removeItem(ctx: UnitContext, resourceN: number, id: string): number {
  return ctx.sql('delete from items where resource_n = ? and id = ?').run(resourceN, id).changes
}

/** 1 for a new one. */
function writeItem(ctx: UnitContext, resourceN: number, item: PackedItem): number {
  const [id, generation, version, updatedAt, startsAt, endsAt, series, json] = item
  const values = [generation, version, updatedAt, startsAt, endsAt, series, json] as const
  const known = ctx
    .sql<{ n: number; same: number }>(
      'select n, generation = ? and version is ? and json = ? as same from items where resource_n = ? and id = ?',
    )
    .get(generation, version, json, resourceN, id)
  if (known === undefined) {
    ctx
      .sql(
        `insert into items (resource_n, id, generation, version, updated_at, starts_at, ends_at, series, json)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(resourceN, id, ...values)
    return 1
  }
  if (known.same === 0) {
    ctx
      .sql(
        `update items set generation = ?, version = ?, updated_at = ?, starts_at = ?, ends_at = ?, series = ?, json = ?
         where n = ?`,
      )
      .run(...values, known.n)
  }
  return 0
}
