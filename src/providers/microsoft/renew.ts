import type { RawRequest } from '../../core/notification.ts'
import { isRecord } from '../../core/peek.ts'
import { changeJsonObject } from '../../core/webhook-body.ts'

/** Other notifications of the same: each item of a batch gets an id of its own, which is its key. */
export function renew(request: RawRequest, uuid: string): RawRequest {
  const body = changeJsonObject(request.body, batch => {
    const { value } = batch
    if (!Array.isArray(value)) return batch
    const renewed = value.map((item: unknown, i) => (isRecord(item) ? { ...item, id: `${uuid}-${i}` } : item))
    return { ...batch, value: renewed }
  })
  return { ...request, body }
}
