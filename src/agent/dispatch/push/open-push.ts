import type { Bus } from '../../../backends/backend.ts'
import type { Store } from '../../../backends/store.ts'
import type { ApiCall } from '../../../core/api-call.ts'
import type { CheckResult } from '../../../core/check.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Ids, RandomBytes } from '../../../core/ids.ts'
import type { Log } from '../../../core/log.ts'
import type { PushApi } from '../../http/api.ts'
import type { AnswerQuestion } from '../answer-question.ts'
import type { Dispatcher } from '../dispatcher.ts'
import { checkPush } from './check-push.ts'
import { createEndpointGuard, type EndpointGuard } from './endpoint-guard.ts'
import { createOriginGate } from './origin-gate.ts'
import { createPushAnswers } from './push-answers.ts'
import { createPushApi } from './push-api.ts'
import { createPushDispatcher } from './push-dispatcher.ts'
import { createPushMessenger } from './push-messenger.ts'
import { createPushReceipts } from './push-receipts.ts'
import { createPushCarrier } from './thread-carrier.ts'
import { VapidHeaders } from './vapid-headers.ts'
import { createVapidRing } from './vapid-ring.ts'

export interface PushOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly random: () => number
  readonly randomBytes: RandomBytes
  /** `push.hosts`. */
  readonly hosts: readonly string[]
  readonly record: (call: ApiCall) => void
  /** Where a click leads when the event has no link. */
  readonly home: () => string
  /** Resolves when the delivery goes by what is now known of a user. */
  readonly changed: (userId: string) => Promise<void>
  readonly answer: AnswerQuestion
  /** Told of what the operator alone can mend, as a key that push services refuse. */
  readonly onTrouble: (origin: string, reason: string) => void
  /** Tests bring a push service of their own, on loopback. */
  readonly guard?: EndpointGuard
  readonly ca?: string
}

/** Web Push as a whole: the keys, the devices, the way to them. */
export interface Push {
  readonly api: PushApi
  readonly dispatcher: Dispatcher
  close(): Promise<void>
}

export function openPush(options: PushOptions): Push {
  const { store, bus, clock, ids, log, random, randomBytes, record, home, changed, onTrouble, ca } = options
  const guard = options.guard ?? createEndpointGuard({ hosts: options.hosts })
  const { lookup } = guard
  const carrier = createPushCarrier({ lookup, clock, random, record, log, ...(ca === undefined ? {} : { ca }) })
  const gate = createOriginGate({ clock, random })
  const messenger = createPushMessenger({
    guard,
    carrier,
    gate,
    headers: new VapidHeaders(clock),
    clock,
    home,
  })
  const ring = createVapidRing(store, bus)
  const receipts = createPushReceipts({ store, bus, clock })
  const answer = createPushAnswers({ store, clock, answer: options.answer })
  const api = createPushApi({ store, bus, changed, ring, guard, messenger, receipts, answer, clock, ids, randomBytes })
  const checks = (): Promise<readonly CheckResult[]> => checkPush({ store, ring })
  const dispatcher = createPushDispatcher({ store, bus, ring, messenger, clock, onTrouble, checks })

  function close(): Promise<void> {
    ring.close()
    return carrier.close()
  }

  return { api, dispatcher, close }
}
