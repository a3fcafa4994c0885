import { EcError } from '../../../core/errors.ts'
import type { Arrivals, KnownRows } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { getEvents, listNewEvents } from './events.ts'
import { findNotification, listNewNotifications } from './notifications.ts'

/** A position holds the number of the last notification and that of the last event. */
const POSITION = /^(\d{1,15})\.(\d{1,15})$/

export function readArrivals(sql: Sql, after: string | null, limit: number): Arrivals {
  const from = after === null ? null : parsePosition(after)
  const notifications = listNewNotifications(sql, from?.notification ?? null, limit)
  const events = listNewEvents(sql, from?.event ?? null, limit)
  return {
    notifications: notifications.items,
    events: events.items,
    skipped: { notifications: notifications.skipped, events: events.skipped },
    position: `${notifications.last}.${events.last}`,
  }
}

export function readAgain(sql: Sql, known: KnownRows): Pick<Arrivals, 'notifications' | 'events'> {
  return {
    notifications: known.notifications.flatMap(id => findNotification(sql, id) ?? []),
    events: known.events.flatMap(({ id, userId }) => getEvents(sql, id, userId)),
  }
}

function parsePosition(text: string): { readonly notification: number; readonly event: number } {
  const [, notification, event] = POSITION.exec(text) ?? []
  if (notification !== undefined && event !== undefined) {
    return { notification: Number(notification), event: Number(event) }
  }
  throw new EcError('EC_USAGE', 'the position is not one that was given', { hint: 'leave it out to start anew' })
}
