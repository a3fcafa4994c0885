import { z } from 'zod'
import { NOTIFICATION_STATES, type Notification, type NotificationRecord } from '../../../core/notification.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'

export const notificationView = z.strictObject({
  id: z.string(),
  provider: z.string(),
  resource: z.string(),
  key: z.string(),
  kind: z.string(),
  state: z.enum(NOTIFICATION_STATES),
  received_at: instant,
  processed_at: instant.nullable(),
  reason: z.string().optional(),
  detail: z.string().optional(),
})

/** With the request that brought it, as long as retention keeps that: `body` when it is text, else `body_base64`. */
export const notificationRecordView = notificationView.extend({
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  body_base64: z.string().optional(),
})

export function renderNotification(notification: Notification): z.infer<typeof notificationView> {
  const { id, provider, resourceId, key, kind, state, receivedAt, processedAt, reason, detail } = notification
  return {
    id,
    provider,
    resource: resourceId,
    key,
    kind,
    state,
    received_at: renderInstant(receivedAt),
    processed_at: renderInstantOrNull(processedAt),
    ...(reason === null ? {} : { reason }),
    ...(detail === null ? {} : { detail }),
  }
}

export function renderNotificationRecord(record: NotificationRecord): z.infer<typeof notificationRecordView> {
  return {
    ...renderNotification(record),
    ...(record.headers === null ? {} : { headers: { ...record.headers } }),
    ...(record.body === null ? {} : renderBody(record.body)),
  }
}

function renderBody(bytes: Uint8Array): { body: string } | { body_base64: string } {
  try {
    return { body: utf8.decode(bytes) }
  } catch {
    return { body_base64: Buffer.from(bytes).toString('base64') }
  }
}

/** The exact bytes come back out of the text: a byte order mark stays, and what is not UTF-8 is refused. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
