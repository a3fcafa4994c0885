import type { RawRequest } from '../../core/notification.ts'

/** Another message of the same: `webhook-id` is the key. */
export function renew(request: RawRequest, uuid: string): RawRequest {
  return { ...request, headers: { ...request.headers, 'webhook-id': `msg_${uuid.replaceAll('-', '')}` } }
}
