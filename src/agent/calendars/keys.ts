import type { TimeWindow } from '../../core/item.ts'

/** Below it is everything that this stage keeps in the cache. */
export const ROOT = 'calendar:'

const DAY_MS = 86_400_000

/** Which calendars there are. */
export function calendarsKey(userId: string): string {
  return `${ROOT}user_calendars:${userId}`
}

/** How far the copy of each goes. */
export function progressKey(userId: string): string {
  return `${ROOT}sync_token:${userId}`
}

export function eventKey(userId: string, event: string): string {
  return `${ROOT}event:${userId}:${event}`
}

/** Of whole days, as `wholeDays` makes them. */
export function eventsKey(userId: string, { from, to }: TimeWindow, calendar: string | null): string {
  return `${ROOT}events:${userId}:${dayOf(from)}:${dayOf(to)}${calendar === null ? '' : `:${calendar}`}`
}

/** On what comes of the items of a resource. */
export function itemsTag(resourceId: string): string {
  return `${ROOT}items:${resourceId}`
}

/** On what names a resource at all. */
export function resourceTag(resourceId: string): string {
  return `${ROOT}resource:${resourceId}`
}

/** On what says when a resource was read last, or that it never was. */
export function readTag(resourceId: string): string {
  return `${ROOT}read:${resourceId}`
}

/** On what depends on which calendars a user has. */
export function userTag(userId: string): string {
  return `${ROOT}user:${userId}`
}

/** The days (UTC) that a window touches: a window that begins now is another one every time, its days are the same. */
export function wholeDays({ from, to }: TimeWindow): TimeWindow {
  return { from: Math.floor(from / DAY_MS) * DAY_MS, to: Math.ceil(to / DAY_MS) * DAY_MS }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
