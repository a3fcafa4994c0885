import { createHash } from 'node:crypto'
import type { EventInput } from '../../../core/event-schema.ts'

/**
 * Tells the operator that a push service does not take our key; one for each service and day, by its id. What waits is
 * tried again for a while, so that nothing is lost if it is mended soon.
 */
export function keyAlert(
  user: string,
  origin: string,
  reason: string,
  now: number,
): EventInput & { readonly id: string } {
  const day = new Date(now).toISOString().slice(0, 10)
  const about = createHash('sha256').update(origin).digest('hex').slice(0, 12)
  return {
    id: `evt_push-key-${about}-${day}`,
    user_id: user,
    type: 'system.alert',
    level: 'error',
    title: `${new URL(origin).host} refuses the key for Web Push`,
    body: `It said: ${reason}. Devices there get nothing by push. See what \`ec doctor\` says of the key and the clock.`,
    service: 'ec',
    collapse_key: `push-key:${about}`,
    data: { origin, reason },
  }
}
