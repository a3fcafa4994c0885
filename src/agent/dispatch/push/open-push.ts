import type { Store } from '../../../backends/store.ts'
import type { ApiCall } from '../../../core/api-call.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Ids, RandomBytes } from '../../../core/ids.ts'
import type { PushApi } from '../../http/api.ts'
import { createEndpointGuard, type EndpointGuard } from './endpoint-guard.ts'
import { createPushApi } from './push-api.ts'
import { createPushMessenger } from './push-messenger.ts'
import { createPushSender } from './push-sender.ts'
import { VapidHeaders } from './vapid-headers.ts'
import { createVapidRing } from './vapid-ring.ts'

export interface PushOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly random: () => number
  readonly randomBytes: RandomBytes
  /** `push.hosts`. */
  readonly hosts: readonly string[]
  readonly record: (call: ApiCall) => void
  /** Where a click leads when the event has no link. */
  readonly home: () => string
  /** Tests bring a push service of their own, on loopback. */
  readonly guard?: EndpointGuard
  readonly ca?: string
}

/** Web Push as a whole: the keys, the devices, the way to them. */
export function openPush(options: PushOptions): { readonly api: PushApi; close(): Promise<void> } {
  const { store, clock, ids, random, randomBytes, record, home, ca } = options
  const guard = options.guard ?? createEndpointGuard({ hosts: options.hosts })
  const sender = createPushSender({ guard, clock, random, record, ...(ca === undefined ? {} : { ca }) })
  const messenger = createPushMessenger({ guard, sender, headers: new VapidHeaders(clock), clock, home })
  const ring = createVapidRing(store)
  const api = createPushApi({ store, ring, guard, messenger, clock, ids, randomBytes })
  return { api, close: () => sender.close() }
}
