import type { Activity } from '../api.ts'
import { renderEvent, renderEventChange } from './event.ts'
import { renderInstant } from './instant.ts'
import { renderNotification } from './notification.ts'

/** A frame of `GET /api/activity`, as JSON. Its rows are those of the lists of notifications and events. */
export function renderActivity(activity: Activity): string {
  const { at, instance, uptimeMs, notifications, events, skipped, changed, totals, jobs, clients } = activity
  return JSON.stringify({
    at: renderInstant(at),
    instance,
    uptime_s: Math.floor(uptimeMs / 1000),
    notifications: notifications.map(renderNotification),
    events: events.map(event => renderEvent(event, at)),
    skipped,
    changed: {
      notifications: changed.notifications.map(renderNotification),
      events: changed.events.map(event => renderEventChange(event, at)),
    },
    totals,
    jobs,
    clients,
  })
}
