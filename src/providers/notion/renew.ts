import type { RawRequest } from '../../core/notification.ts'
import { changeJsonObject } from '../../core/webhook-body.ts'

/** Another event of the same: its id is the key. */
export function renew(request: RawRequest, uuid: string): RawRequest {
  return { ...request, body: changeJsonObject(request.body, event => ({ ...event, id: uuid })) }
}
