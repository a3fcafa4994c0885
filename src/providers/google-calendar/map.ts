import { draftEvent, type EventDraft } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'

/**
 * One event `calendar.changed` for the owner per notification, none for the `sync` that a new channel begins with: it
 * proves that we can be reached, and nothing has changed.
 */
export function describe(notification: NotificationRecord, resource: Resource): readonly EventInput[] {
  const { id, key, kind, headers, receivedAt } = notification
  if (kind === 'sync') return []
  const calendar = calendarOf(headers?.['x-goog-resource-uri'])
  const { channel, number } = partsOf(key)
  const draft: EventDraft = {
    ...wordsFor(kind, resource.name),
    type: 'calendar.changed',
    url: 'https://calendar.google.com/calendar/r',
    urlLabel: 'Open Google Calendar',
    thread: `calendar:${calendar || resource.id}`,
    data: { notification_id: id, state: kind, channel_id: channel, message_number: number, calendar },
  }
  return [draftEvent(draft, { userId: resource.userId, provider: 'google-calendar', receivedAt })]
}

function wordsFor(kind: string, name: string): Pick<EventDraft, 'title' | 'body' | 'level'> {
  if (kind === 'not_exists') {
    return {
      title: `${name} can no longer be read`,
      body: 'Google Calendar says that the calendar was removed, or is no longer shared with this account.',
      level: 'warning',
    }
  }
  return {
    title: `Something changed in ${name}`,
    body: 'Google Calendar does not say what: an event was added, changed or removed.',
  }
}

/** The calendar's own id, as an e-mail address, out of `.../calendars/ana%40example.com/events?alt=json`. */
function calendarOf(uri: string | undefined): string {
  const encoded = CALENDAR.exec(uri ?? '')?.[1]
  if (encoded === undefined) return ''
  try {
    return decodeURIComponent(encoded)
  } catch {
    return ''
  }
}

const CALENDAR = /\/calendars\/([^/?#]{1,512})/

function partsOf(key: string): { readonly channel: string; readonly number: string } {
  const colon = key.lastIndexOf(':')
  return { channel: key.slice(0, Math.max(0, colon)), number: key.slice(colon + 1) }
}
