import { parseInstant } from '../../core/event-draft.ts'
import type { Change, Item } from '../../core/item.ts'
import type { JsonObject } from '../../core/json.ts'
import { peekString } from '../../core/peek.ts'
import { readEvent, type CalendarEvent } from './event.ts'
import { lastEnd, lengthOf, readSeries } from './series.ts'
import { instantOf } from './when.ts'

/**
 * What an entry of `events.list` says; null for one without an id. A removed instance of a series is kept, as it keeps
 * an occurrence from taking place for as long as the series lives; whatever else is cancelled has gone, and a series
 * takes its instances along.
 */
export function readChange(json: JsonObject): Change | null {
  const event = readEvent(json)
  if (event === null) return null
  const updatedAt = readUpdated(json)
  if (event.isCancelled && event.series === null) return { type: 'delete', id: event.id, updatedAt }
  return { type: 'upsert', item: toItem(event, updatedAt) }
}

function toItem(event: CalendarEvent, updatedAt: number | null): Item {
  const etag = peekString(event.json, 'etag')
  return {
    id: event.id,
    version: etag === '' ? null : etag,
    updatedAt,
    ...spanOf(event),
    series: event.series,
    json: event.json,
  }
}

function spanOf(event: CalendarEvent): Pick<Item, 'startsAt' | 'endsAt'> {
  const start = event.start ?? (event.isCancelled ? event.originalStart : null)
  if (start === null) return { startsAt: null, endsAt: null }
  const startsAt = instantOf(start)
  const series = readSeries(event)
  return { startsAt, endsAt: series === null ? startsAt + lengthOf(start, event.end) : lastEnd(series) }
}

function readUpdated(json: JsonObject): number | null {
  const at = parseInstant(peekString(json, 'updated'))
  return Number.isNaN(at) ? null : at
}
