import { cleanLine } from '../../core/clean-text.ts'
import type { Item, Occurrence, TimeWindow } from '../../core/item.ts'
import { peekLine, peekString } from '../../core/peek.ts'
import { readEvent, type CalendarEvent } from './event.ts'
import { instanceId } from './instance-id.ts'
import { ownAnswer } from './people.ts'
import { lengthOf, nameIn, namesOf, readSeries, startsOf, type Series } from './series.ts'
import { instantOf, type When } from './when.ts'

/**
 * When the events of a calendar take place within a window, ascending. The items must hold what lies in the window, the
 * series that reach into it, and all that is known of instances of those. Costs no call, and asks no clock and no zone
 * of this machine. Total: what cannot be read takes place nowhere.
 */
export function occurrences(items: readonly Item[], window: TimeWindow): readonly Occurrence[] {
  const events = items.map(({ json }) => readEvent(json)).filter(event => event !== null)
  const changed = groupBySeries(events)
  const found = events.flatMap(event => {
    // An instance that was changed by itself is where it says, wherever the rule would have it.
    const series = event.series === null && !event.isCancelled ? readSeries(event) : null
    return series === null ? single(event) : expand(event, series, changed.get(event.id) ?? [], window)
  })
  return found
    .filter(({ start, end }) => start < window.to && (end > window.from || start >= window.from))
    .sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))
}

function single(event: CalendarEvent): readonly Occurrence[] {
  const { start, end, isCancelled } = event
  if (start === null || isCancelled) return []
  return [at(lookOf(event), event.id, start, lengthOf(start, end))]
}

function expand(
  event: CalendarEvent,
  series: Series,
  changed: readonly CalendarEvent[],
  { from, to }: TimeWindow,
): readonly Occurrence[] {
  const elsewhere = new Set(
    changed.flatMap(({ originalStart }) => (originalStart === null ? [] : [nameIn(series, originalStart)])),
  )
  const look = lookOf(event)
  return startsOf(series, from - series.lengthMs, to)
    .filter(start => elsewhere.size === 0 || !namesOf(series, start).some(name => elsewhere.has(name)))
    .map(start => at(look, instanceId(event.id, start), start, series.lengthMs))
}

function groupBySeries(events: readonly CalendarEvent[]): ReadonlyMap<string, readonly CalendarEvent[]> {
  const groups = new Map<string, CalendarEvent[]>()
  for (const event of events) {
    if (event.series === null) continue
    const group = groups.get(event.series)
    if (group === undefined) groups.set(event.series, [event])
    else group.push(event)
  }
  return groups
}

function at(look: Look, id: string, start: When, lengthMs: number): Occurrence {
  const from = instantOf(start)
  return { id, start: from, end: from + lengthMs, allDay: start.kind === 'date', ...look }
}

/** What all instances of a series have in common. */
type Look = Omit<Occurrence, 'id' | 'start' | 'end' | 'allDay'>

function lookOf(event: CalendarEvent): Look {
  const { json } = event
  const url = peekString(json, 'htmlLink')
  return {
    item: event.id,
    series: event.series ?? (event.recurrence.length > 0 ? event.id : null),
    title: titleOf(event),
    busy: isBusy(event),
    status: isTentative(event) ? 'tentative' : 'confirmed',
    location: cleanLine(peekString(json, 'location'), 240) || null,
    url: url.startsWith('https://') ? url : null,
  }
}

/** As Google's own screens call what has no title, or whose title this account may not see. */
export function titleOf({ json }: CalendarEvent): string {
  const isHidden = ['private', 'confidential'].includes(peekString(json, 'visibility')) && json['summary'] === undefined
  return peekLine(json, 'summary') || (isHidden ? 'Busy' : '(No title)')
}

/** Whether it keeps the person from other things: not what is marked as free, declined, or only says where he works. */
function isBusy({ json }: CalendarEvent): boolean {
  return (
    peekString(json, 'transparency') !== 'transparent' &&
    peekString(json, 'eventType') !== 'workingLocation' &&
    ownAnswer(json) !== 'declined'
  )
}

function isTentative({ json }: CalendarEvent): boolean {
  return peekString(json, 'status') === 'tentative' || ownAnswer(json) === 'tentative'
}
