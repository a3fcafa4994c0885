import type { TimeWindow } from '../../core/item.ts'
import type { CalendarOccurrence } from '../http/api.ts'

type Rows = readonly CalendarOccurrence[]

/** Of each list the last part that was cut out. */
const cuts = new WeakMap<Rows, Rows>()

/**
 * What of the rows lies in the window. A window from now on is another one every time, and yet mostly holds the same rows:
 * as long as it does it is the same array, so that what is made of it can be kept with it.
 */
export function cutTo(rows: Rows, window: TimeWindow): Rows {
  const found = rows.filter(row => isWithin(row, window))
  const last = cuts.get(rows)
  if (last !== undefined && isSame(last, found)) return last
  cuts.set(rows, found)
  return found
}

/** What takes no time at all lies in a window that it begins in. */
function isWithin({ start, end }: CalendarOccurrence, { from, to }: TimeWindow): boolean {
  return start < to && (end > from || (end === start && start === from))
}

function isSame(a: Rows, b: Rows): boolean {
  return a.length === b.length && a.every((row, i) => row === b[i])
}
