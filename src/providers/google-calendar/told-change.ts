import type { Item, ItemChange } from '../../core/item.ts'
import { differencesOf, type Difference } from './differences.ts'
import { readEvent, type CalendarEvent } from './event.ts'
import { lengthOf } from './series.ts'
import { instantOf, type When } from './when.ts'

/** One change as it is told: what was, what is, and what a person would see differ. */
export interface ToldChange {
  readonly kind: 'created' | 'updated' | 'deleted'
  readonly was: CalendarEvent | null
  readonly is: CalendarEvent | null
  /** The one of both that tells what it is. */
  readonly event: CalendarEvent
  readonly differences: readonly Difference[]
}

/** Null where there is nothing that a person would see. */
export function tellChange({ before, after, series }: ItemChange): ToldChange | null {
  // Of an instance that we see for the first time, or no longer by itself, the series says what it was or is.
  const was = before === null ? plannedInstance(after, series ?? null) : living(before)
  const is = after !== null ? living(after) : was === null ? null : plannedInstance(before, series ?? null)
  if (is === null) return was === null ? null : { kind: 'deleted', was, is, event: was, differences: [] }
  if (was === null) return { kind: 'created', was, is, event: is, differences: [] }
  const differences = differencesOf(was, is)
  return differences.length === 0 ? null : { kind: 'updated', was, is, event: is, differences }
}

function living(item: Item | null): CalendarEvent | null {
  const event = item === null ? null : readEvent(item.json)
  return event === null || event.isCancelled ? null : event
}

/** What an instance was before it was changed for the first time: its series, at its own time. */
function plannedInstance(item: Item | null, series: Item | null): CalendarEvent | null {
  const instance = item === null ? null : readEvent(item.json)
  const of = living(series)
  const start = instance?.originalStart ?? null
  if (instance === null || start === null || of === null || of.start === null) return null
  const at = instantOf(start) + lengthOf(of.start, of.end)
  const zone = of.start.kind === 'time' ? of.start.zone : 'UTC'
  const end: When =
    start.kind === 'time' ? { kind: 'time', at, zone } : { kind: 'date', date: new Date(at).toISOString().slice(0, 10) }
  const own = start.kind === 'time' ? { ...start, zone } : start
  return { ...of, id: instance.id, start: own, end, recurrence: [], series: of.id, originalStart: own }
}
