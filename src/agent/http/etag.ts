import { createHash } from 'node:crypto'

/** What these bytes are known by (RFC 9110, 8.8.3): strong, and the same whenever and wherever they were made. */
export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
}

/** Whether the asker has it already, by the `If-None-Match` that came along. */
export function isAtHand(etag: string, ifNoneMatch: string | undefined): boolean {
  return ifNoneMatch !== undefined && (ifNoneMatch.includes(etag) || ifNoneMatch.trim() === '*')
}
