import { peekFlag, peekInteger } from '../../core/peek.ts'
import { ApiError } from '../http/api-error.ts'
import { json, type WireReply, type WireRequest } from '../http/wire.ts'
import { showMessage } from './message.ts'
import type { PubSubService, Subscription } from './pubsub-service.ts'
import type { Held } from './queue.ts'
import { invalid } from './topics.ts'

const MAX_MESSAGES = 1_000

/** Gives what is there, or waits for it a while; `{}` when nothing came. Fewer than were asked for says nothing. */
export async function pullMessages(
  service: PubSubService,
  subscription: Subscription,
  { body, signal }: WireRequest,
): Promise<WireReply> {
  if (subscription.traits.push !== null) {
    const message = 'This method is not supported for this subscription type.'
    throw new ApiError(400, { reason: 'failedPrecondition', message, rpc: 'FAILED_PRECONDITION' })
  }
  const max = peekInteger(body, 'maxMessages') ?? 0
  if (max < 1) throw invalid('The value for max_messages is too small.')
  service.used(subscription)
  const first = take(service, subscription, max)
  if (first.length > 0 || peekFlag(body, 'returnImmediately')) return show(subscription, first)
  await subscription.queue.wait(service.manners().pull_wait_ms, signal)
  return show(subscription, signal.aborted ? [] : take(service, subscription, max))
}

/** What was given out too often goes to the dead letters instead. */
function take(service: PubSubService, subscription: Subscription, max: number): readonly Held[] {
  const { traits, queue } = subscription
  queue.dropOlder(service.now() - traits.retentionS * 1000)
  const taken = queue.take(Math.min(max, MAX_MESSAGES), traits.ackDeadlineS * 1000)
  const limit = traits.deadLetter?.maxAttempts ?? Number.POSITIVE_INFINITY
  return taken.filter(held => {
    const isBuried = held.attempts > limit && service.bury(subscription, held)
    if (isBuried) queue.remove(held)
    return !isBuried
  })
}

function show({ traits }: Subscription, taken: readonly Held[]): WireReply {
  if (taken.length === 0) return json({})
  const receivedMessages = taken.map(({ ackId, message, attempts }) => ({
    ackId,
    message: showMessage(message),
    ...(traits.deadLetter === null ? {} : { deliveryAttempt: attempts }),
  }))
  return json({ receivedMessages })
}
