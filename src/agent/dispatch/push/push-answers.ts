import type { Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import { EcError } from '../../../core/errors.ts'
import { TokenBuckets } from '../../../core/token-buckets.ts'
import type { DeviceAnswer } from '../../http/api.ts'
import type { AnswerQuestion } from '../answer-question.ts'
import { proveDevice } from './device-secret.ts'

export interface PushAnswersOptions {
  readonly store: Pick<Store, 'getDevice'>
  readonly clock: Clock
  readonly answer: AnswerQuestion
}

/** A person presses a button, and again when nothing seems to happen. */
const RATE = { burst: 20, perSecond: 1 }
const MAX_DEVICES = 10_000

/**
 * Answers from the buttons of a notification. The worker that shows it has no session; the device's own secret says whose
 * it is. `EC_FORBIDDEN` when the two do not belong together, `EC_RATE_LIMITED`, and what any answer may get.
 */
export function createPushAnswers({
  store,
  clock,
  answer,
}: PushAnswersOptions): (given: DeviceAnswer) => Promise<void> {
  const buckets = new TokenBuckets(RATE, MAX_DEVICES, clock)

  return async function take({ device: id, secret, question, option, input }) {
    const device = await proveDevice(store, id, secret)
    if (device === null) {
      throw new EcError('EC_FORBIDDEN', 'the device and its secret do not belong together', {
        hint: 'use what the answer to POST /api/push/subscribe said last',
      })
    }
    const retryAfterMs = buckets.take(device.id)
    if (retryAfterMs > 0) throw new EcError('EC_RATE_LIMITED', 'the device answers too much at once', { retryAfterMs })
    await answer(device.userId, question, { option, input }, device.id)
  }
}
