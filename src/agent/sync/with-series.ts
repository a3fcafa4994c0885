import type { Store } from '../../backends/store.ts'
import type { Change, Item, ItemChange } from '../../core/item.ts'

/**
 * Puts its series beside each change of an exception, so that it can be told of by name: as the page at hand has it, else
 * as it is here. What goes with its series is not told by itself: the end of the series says it.
 */
export async function withSeries(
  store: Pick<Store, 'getItems'>,
  resourceId: string,
  changes: readonly ItemChange[],
  named: ReadonlyMap<string, Change>,
): Promise<readonly ItemChange[]> {
  const wanted = new Set(changes.map(seriesOf).filter(id => id !== null))
  const stored = [...wanted].filter(id => !named.has(id))
  const items = stored.length === 0 ? [] : await store.getItems(resourceId, stored)
  const known = new Map<string, Item>(items.map(item => [item.id, item]))
  return changes.flatMap(change => {
    const id = seriesOf(change)
    if (id === null) return [change]
    const inPage = named.get(id)
    if (inPage?.type === 'delete') return change.after === null ? [] : [change]
    return [{ ...change, series: inPage?.item ?? known.get(id) ?? null }]
  })
}

function seriesOf({ before, after }: ItemChange): string | null {
  return (after ?? before)?.series ?? null
}
