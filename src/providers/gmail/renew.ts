import type { RawRequest } from '../../core/notification.ts'
import { isRecord } from '../../core/peek.ts'
import { uuidDigits } from '../../core/uuid-digits.ts'
import { changeJsonObject } from '../../core/webhook-body.ts'

/** Another message of the same: its id stands in the envelope, or in a header where Pub/Sub unwraps it. */
export function renew(request: RawRequest, uuid: string): RawRequest {
  const id = uuidDigits(uuid)
  const body = changeJsonObject(request.body, value => {
    const { message } = value
    return isRecord(message) ? { ...value, message: { ...message, messageId: id, message_id: id } } : value
  })
  return { ...request, headers: { ...request.headers, 'x-goog-pubsub-message-id': id }, body }
}
