import type { DigestItem } from '../../../backends/store.ts'
import { LEVELS } from '../../../core/event.ts'

/** As many as a person reads; the rest is a number and a link. */
const MAX_LINES = 50

/** What a digest shows of all that is in it: the gravest, among equals the newest; in the order in which it came. */
export function chooseLines(items: readonly DigestItem[]): readonly DigestItem[] {
  const chosen = new Set(
    items
      // Those of one instant stay in this order.
      .toReversed()
      .toSorted((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.placedAt - a.placedAt)
      .slice(0, MAX_LINES),
  )
  return items.filter(item => chosen.has(item)).toSorted((a, b) => a.placedAt - b.placedAt)
}
