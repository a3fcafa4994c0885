import { peekList, peekString } from '../../core/peek.ts'
import type { JsonObject } from '../../core/json.ts'
import { readInstanceId } from './instance-id.ts'
import { readWhen, type When } from './when.ts'

/** What of an event of Google's says when it is and what it belongs to. */
export interface CalendarEvent {
  readonly id: string
  readonly isCancelled: boolean
  /** Null on what is left of a deleted one, and on what nobody documents. */
  readonly start: When | null
  readonly end: When | null
  /** The lines of a series; none of anything else. */
  readonly recurrence: readonly string[]
  /** Of an instance that was changed or removed by itself. */
  readonly series: string | null
  readonly originalStart: When | null
  readonly json: JsonObject
}

/** Null for what has no id. Of an instance its id says what its fields do not. Total. */
export function readEvent(json: JsonObject): CalendarEvent | null {
  const id = peekString(json, 'id')
  if (id === '') return null
  const isCancelled = peekString(json, 'status') === 'cancelled'
  const told = peekString(json, 'recurringEventId')
  // Only of a tombstone may the fields lack; elsewhere an id that looks like one proves nothing.
  const named = told === '' && !isCancelled ? null : readInstanceId(id)
  const series = told === '' ? (named?.series ?? null) : told
  return {
    id,
    isCancelled,
    start: readWhen(json['start']),
    end: readWhen(json['end']),
    recurrence: peekList(json, 'recurrence').filter(line => typeof line === 'string'),
    series,
    originalStart: series === null ? null : (readWhen(json['originalStartTime']) ?? named?.originalStart ?? null),
    json,
  }
}
