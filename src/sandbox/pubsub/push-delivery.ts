import type { Clock } from '../../core/clock.ts'
import type { Busy } from '../busy.ts'
import type { SigningKeys } from '../oauth/signing-keys.ts'
import type { Pusher } from '../push/pusher.ts'
import { showPushed, type Message } from './message.ts'
import type { Held, MessageQueue } from './queue.ts'
import type { PushConfig, SubscriptionTraits } from './subscription.ts'

export interface DeliveryParts {
  readonly clock: Clock
  /** The time that whoever checks a token goes by. */
  readonly tokenNow: () => number
  readonly keys: SigningKeys
  readonly pusher: Pusher
  readonly busy: Busy
}

export interface Delivery {
  readonly traits: () => SubscriptionTraits
  readonly queue: MessageQueue
  /** Whether it still exists. */
  readonly isOpen: () => boolean
  /** Somebody took a message. */
  readonly used: () => void
  /** Takes it after its last attempt; false when there is nobody to take it. */
  readonly bury: (held: Held) => boolean
}

const ACKNOWLEDGED: ReadonlySet<number> = new Set([102, 200, 201, 202, 204])

/** Pushes one message until it is acknowledged, buried, or too old. */
export function pushMessage(parts: DeliveryParts, delivery: Delivery, held: Held): void {
  const { clock } = parts
  const { queue, isOpen, traits } = delivery

  function again(ms: number): void {
    held.notBefore = clock.now() + ms
    clock.setTimer(() => void attempt(), ms)
  }

  async function attempt(): Promise<void> {
    const { push, ackDeadlineS, retentionS, deadLetter } = traits()
    queue.dropOlder(clock.now() - retentionS * 1000)
    if (!isOpen() || push === null || !queue.lend(held, ackDeadlineS * 1000)) return
    const outcome = await send(parts, delivery, push, held)
    if (outcome.isLost) return again(ackDeadlineS * 1000)
    if (ACKNOWLEDGED.has(outcome.status)) {
      queue.remove(held)
      return delivery.used()
    }
    const isLast = deadLetter !== null && held.attempts >= deadLetter.maxAttempts
    if (isLast && delivery.bury(held)) return queue.remove(held)
    again(backOff(traits(), held.attempts))
  }

  void attempt()
}

/** Doubles from the least to the most; without a policy of its own from 100 ms to a minute. */
function backOff({ retry }: SubscriptionTraits, attempts: number): number {
  const [least, most] = retry === null ? [100, 60_000] : [retry.minS * 1000, retry.maxS * 1000]
  return Math.min(most, least * 2 ** Math.min(30, attempts - 1))
}

async function send(parts: DeliveryParts, { traits }: Delivery, config: PushConfig, { message, attempts }: Held) {
  const { name, deadLetter } = traits()
  const attempt = deadLetter === null ? {} : { deliveryAttempt: attempts }
  const wrapped = JSON.stringify({ message: showPushed(message), subscription: name, ...attempt })
  const body = config.isWrapped ? wrapped : Buffer.from(message.data, 'base64').toString('utf8')
  const headers = {
    Accept: 'application/json',
    'Content-Type': 'application/json',
    'User-Agent': 'CloudPubSub-Google',
    From: 'noreply@google.com',
    ...(config.isWrapped || !config.tellsMetadata ? {} : metadataOf(message, name)),
    ...(config.serviceAccount === ''
      ? {}
      : { Authorization: `Bearer ${await parts.busy.track(() => makeToken(parts, config))}` }),
  }
  const post = { url: config.endpoint, headers, body }
  const common = { service: 'pubsub', channel: '', subscription: name, calendar: '', attempt: attempts } as const
  return parts.pusher.push({ post, ...common })
}

function metadataOf({ id, publishedAt, attributes }: Message, subscription: string) {
  const own = Object.entries(attributes).map(([name, value]) => [`x-goog-pubsub-attribute-${name}`, value])
  return {
    'x-goog-pubsub-subscription-name': subscription,
    'x-goog-pubsub-message-id': id,
    'x-goog-pubsub-publish-time': new Date(publishedAt).toISOString(),
    ...Object.fromEntries(own),
  }
}

const TOKEN_LIFE_S = 3_600

function makeToken({ keys, tokenNow }: DeliveryParts, { audience, serviceAccount }: PushConfig): Promise<string> {
  const iat = Math.floor(tokenNow() / 1000)
  return keys.sign({
    aud: audience,
    azp: '100000000000000000001',
    email: serviceAccount,
    email_verified: true,
    exp: iat + TOKEN_LIFE_S,
    iat,
    iss: 'https://accounts.google.com',
    sub: '100000000000000000001',
  })
}
