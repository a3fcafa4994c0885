import type { ItemWrite } from '../../backends/store.ts'
import { canonicalJson } from '../../core/canonical-json.ts'
import type { Change, Item, ItemChange } from '../../core/item.ts'

/** What a page means for the copy. */
export interface PageDiff {
  readonly writes: readonly ItemWrite[]
  /** Ids that go. */
  readonly removed: readonly string[]
  /** Ids whose exceptions go, if they are series: a provider may name the series alone. */
  readonly removedSeries: readonly string[]
  /** Ids of exceptions that are there. */
  readonly exceptions: readonly string[]
  /** What is new, other or gone, in the order of the page. */
  readonly changes: readonly ItemChange[]
}

/** The page, each item once: a provider may name one several times, and the last word counts. */
export function latestChanges(changes: readonly Change[]): ReadonlyMap<string, Change> {
  const latest = new Map<string, Change>()
  for (const change of changes) {
    const id = idOf(change)
    latest.delete(id)
    latest.set(id, change)
  }
  return latest
}

/**
 * Compares a page with what is here of the same items. In a full pass what has not changed is written too, to be marked as
 * seen. Pure.
 */
export function diffPage(
  latest: ReadonlyMap<string, Change>,
  known: readonly Item[],
  pass: { readonly generation: number; readonly full: boolean },
): PageDiff {
  const before = new Map(known.map(item => [item.id, item]))
  const writes: ItemWrite[] = []
  const removed: string[] = []
  const changes: ItemChange[] = []
  for (const [id, change] of latest) {
    const had = before.get(id) ?? null
    if (change.type === 'delete') {
      if (had !== null) {
        removed.push(id)
        changes.push({ before: had, after: null })
      }
      continue
    }
    const { item } = change
    const same = had !== null && isSame(had, item)
    if (!same || pass.full) writes.push({ item, generation: pass.generation })
    if (!same) changes.push({ before: had, after: item })
  }
  const removedSeries = [...latest].flatMap(([id, { type }]) => (type === 'delete' ? [id] : []))
  const exceptions = [...latest].flatMap(([id, change]) =>
    change.type === 'upsert' && change.item.series !== null ? [id] : [],
  )
  return { writes, removed, removedSeries, exceptions, changes }
}

function isSame(had: Item, item: Item): boolean {
  if (had.version !== null && item.version !== null) return had.version === item.version
  return canonicalJson(had.json) === canonicalJson(item.json)
}

function idOf(change: Change): string {
  return change.type === 'upsert' ? change.item.id : change.id
}
