import type { RawRequest } from '../../core/notification.ts'
import { uuidDigits } from '../../core/uuid-digits.ts'

/** Another notification of the same channel: its messages are numbered. */
export function renew(request: RawRequest, uuid: string): RawRequest {
  return { ...request, headers: { ...request.headers, 'x-goog-message-number': uuidDigits(uuid) } }
}
