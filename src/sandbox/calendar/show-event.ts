import { isRecord, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import type { Calendar, Role } from './calendars.ts'
import type { StoredEvent } from './event.ts'
import { showWhen } from './when.ts'

/** Who looks, and how. */
export interface View {
  readonly account: string
  readonly role: Role
  /** The zone in which instants are written; the calendar's unless asked otherwise. */
  readonly zone: string
}

/** An event as the resource that Google gives. */
export function showEvent(calendar: Calendar, event: StoredEvent, { account, role, zone }: View): JsonRecord {
  const home = calendar.traits.timeZone
  const { fields, originalStart, seriesId, lines } = event
  const base = {
    kind: 'calendar#event',
    etag: event.etag,
    id: event.id,
    status: event.status,
    htmlLink: `https://www.google.com/calendar/event?eid=${Buffer.from(`${event.id} ${calendar.id}`).toString('base64url')}`,
    created: new Date(event.created).toISOString(),
    updated: new Date(event.updated).toISOString(),
  }
  const times = {
    start: showWhen(event.start, home, zone),
    end: showWhen(event.end, home, zone),
    ...(lines.length === 0 ? {} : { recurrence: lines }),
    ...(seriesId === null ? {} : { recurringEventId: seriesId }),
    ...(originalStart === null ? {} : { originalStartTime: showWhen(originalStart, home, zone) }),
  }
  const tail = { iCalUID: event.iCalUID, sequence: event.sequence }
  const isHidden = ['private', 'confidential'].includes(peekString(fields, 'visibility'))
  if (isHidden && (role === 'reader' || role === 'writerWithoutPrivateAccess')) {
    const { visibility } = fields
    return { ...base, ...times, visibility, ...tail, eventType: 'default' }
  }
  return {
    ...base,
    ...fields,
    creator: withSelf(fields['creator'], account),
    organizer: withSelf(fields['organizer'], calendar.id),
    ...(fields['attendees'] === undefined ? {} : { attendees: attendeesOf(fields, account) }),
    ...times,
    ...tail,
    reminders: fields['reminders'] ?? { useDefault: true },
    eventType: peekString(fields, 'eventType') || 'default',
  }
}

function attendeesOf(fields: JsonRecord, account: string): readonly unknown[] {
  return peekList(fields, 'attendees').map(one =>
    isRecord(one) ? { responseStatus: 'needsAction', ...withSelf(one, account) } : one,
  )
}

function withSelf(person: unknown, self: string): JsonRecord {
  const known = isRecord(person) ? person : {}
  return peekString(known, 'email') === self ? { ...known, self: true } : known
}

/**
 * What is left of a deleted event in a list. Only the id is guaranteed; of a removed instance of a living series also
 * which series and which instance, but in a list of changes even that may lack, and the id alone tells.
 */
export function showTombstone(
  calendar: Calendar,
  event: StoredEvent,
  view: View,
  how: { readonly isSparse: boolean; readonly isDelta: boolean },
): JsonRecord {
  if (!how.isSparse) return showEvent(calendar, event, view)
  const { id, seriesId, originalStart, version } = event
  const bare = { id, status: 'cancelled' }
  if (seriesId === null || originalStart === null || (how.isDelta && version % 2 === 0)) return bare
  const at = showWhen(originalStart, calendar.traits.timeZone, view.zone)
  return { kind: 'calendar#event', etag: event.etag, ...bare, recurringEventId: seriesId, originalStartTime: at }
}
