import type { NotificationRecordRow } from '../client.ts'

/** The raw bytes of a stored notification; null when retention has dropped them. */
export function notificationBody({ body, body_base64: base64 }: NotificationRecordRow): Uint8Array | null {
  if (body !== undefined) return Buffer.from(body, 'utf8')
  return base64 === undefined ? null : Buffer.from(base64, 'base64')
}
