import type { JsonRecord } from '../../core/peek.ts'
import { ApiError } from '../http/api-error.ts'
import type { Manners } from '../manners.ts'
import type { Gate } from '../oauth/gate.ts'
import type { Random } from '../random.ts'
import type { Message } from './message.ts'
import { pushMessage, type Delivery, type DeliveryParts } from './push-delivery.ts'
import { createQueue, type Held, type MessageQueue } from './queue.ts'
import type { SubscriptionTraits } from './subscription.ts'
import { isGranted, missing, NO_POLICY, SERVICE_AGENT, taken, type Policy, type Topic } from './topics.ts'

export interface Subscription {
  readonly queue: MessageQueue
  traits: SubscriptionTraits
  usedAt: number
}

/** All that Cloud Pub/Sub is, here. */
export interface PubSubService {
  readonly gate: Gate
  readonly manners: () => Manners
  now(): number
  createTopic(name: string, labels: JsonRecord): Topic
  topic(name: string): Topic
  deleteTopic(name: string): void
  topics(project: string): readonly Topic[]
  /** The ids of the messages. */
  publish(topic: string, messages: readonly Pick<Message, 'data' | 'attributes'>[]): readonly string[]
  createSubscription(traits: SubscriptionTraits): Subscription
  subscription(name: string): Subscription
  change(name: string, traits: SubscriptionTraits): Subscription
  deleteSubscription(name: string): void
  subscriptions(project: string): readonly Subscription[]
  all(): readonly Subscription[]
  /** Of a topic or a subscription. */
  policy(name: string): Policy
  setPolicy(name: string, policy: Policy): void
  used(subscription: Subscription): void
  /** Takes a message that its subscription cannot deliver; false when it has no such topic or no right to it. */
  bury(subscription: Subscription, held: Held): boolean
}

export interface PubSubParts extends DeliveryParts {
  readonly gate: Gate
  readonly manners: () => Manners
  readonly random: Random
}

const MAX_NAMES = 1_000

export function createPubSub(parts: PubSubParts): PubSubService {
  const { clock, random, gate, manners } = parts
  const topics = new Map<string, Topic>()
  const subscriptions = new Map<string, Subscription>()
  const policies = new Map<string, Policy>()
  let lastId = 2_070_443_600_000_000 + random.between(0, 1_000_000)

  /** One that nobody has used for too long is gone. */
  function find(name: string): Subscription | undefined {
    const found = subscriptions.get(name)
    const life = found?.traits.expiresAfterS ?? null
    if (found === undefined || life === null || clock.now() < found.usedAt + life * 1000) return found
    subscriptions.delete(name)
    return undefined
  }

  function require(name: string): Subscription {
    const found = find(name)
    if (found === undefined) throw missing('subscription', name)
    return found
  }

  function deliveryOf(subscription: Subscription): Delivery {
    return {
      traits: () => subscription.traits,
      queue: subscription.queue,
      isOpen: () => find(subscription.traits.name) === subscription,
      used: () => void (subscription.usedAt = clock.now()),
      bury: held => bury(subscription, held),
    }
  }

  function publish(name: string, given: readonly Pick<Message, 'data' | 'attributes'>[]): readonly string[] {
    if (!topics.has(name)) throw missing('topic', name)
    return given.map(({ data, attributes }) => {
      lastId += random.between(1, 500)
      const message = { id: String(lastId), data, attributes, publishedAt: clock.now() }
      for (const key of Array.from(subscriptions.keys())) {
        const subscription = find(key)
        if (subscription?.traits.topic !== name) continue
        const held = subscription.queue.add(message)
        if (subscription.traits.push !== null) pushMessage(parts, deliveryOf(subscription), held)
      }
      return message.id
    })
  }

  function bury({ traits }: Subscription, { message, attempts }: Held): boolean {
    const target = traits.deadLetter?.topic ?? ''
    const mayPublish = isGranted(policies.get(target) ?? NO_POLICY, SERVICE_AGENT, 'publisher')
    const mayTake = isGranted(policies.get(traits.name) ?? NO_POLICY, SERVICE_AGENT, 'subscriber')
    if (!topics.has(target) || !mayPublish || !mayTake) return false
    const own = {
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
      CloudPubSubDeadLetterSourceSubscription: traits.name.split('/').at(-1) ?? '',
      CloudPubSubDeadLetterSourceSubscriptionProject: traits.name.split('/')[1] ?? '',
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(message.publishedAt).toISOString(),
    }
    publish(target, [{ data: message.data, attributes: { ...message.attributes, ...own } }])
    return true
  }

  return {
    gate,
    manners,
    now: () => clock.now(),
    publish,
    bury,
    used: subscription => void (subscription.usedAt = clock.now()),
    createTopic(name, labels) {
      if (topics.has(name)) throw taken(name)
      checkRoom(topics)
      const topic = { name, labels }
      topics.set(name, topic)
      return topic
    },
    topic(name) {
      const found = topics.get(name)
      if (found === undefined) throw missing('topic', name)
      return found
    },
    deleteTopic(name) {
      if (!topics.delete(name)) throw missing('topic', name)
      policies.delete(name)
      for (const one of subscriptions.values()) {
        if (one.traits.topic === name) one.traits = { ...one.traits, topic: '_deleted-topic_' }
      }
    },
    topics: project => [...topics.values()].filter(({ name }) => name.startsWith(`projects/${project}/`)),
    createSubscription(traits) {
      if (find(traits.name) !== undefined) throw taken(traits.name)
      if (!topics.has(traits.topic)) throw missing('topic', traits.topic)
      checkRoom(subscriptions)
      const made = { traits, queue: createQueue(clock, random.fork()), usedAt: clock.now() }
      subscriptions.set(traits.name, made)
      return made
    },
    subscription: require,
    change(name, traits) {
      const found = require(name)
      const wasPull = found.traits.push === null
      found.traits = traits
      found.usedAt = clock.now()
      if (wasPull && traits.push !== null) {
        for (const held of found.queue.take(Number.MAX_SAFE_INTEGER, 0)) pushMessage(parts, deliveryOf(found), held)
      }
      return found
    },
    deleteSubscription(name) {
      require(name)
      subscriptions.delete(name)
      policies.delete(name)
    },
    subscriptions: project =>
      [...subscriptions.keys()]
        .filter(name => name.startsWith(`projects/${project}/`))
        .flatMap(name => {
          const found = find(name)
          return found === undefined ? [] : [found]
        }),
    all: () => [...subscriptions.values()],
    policy: name => policies.get(name) ?? NO_POLICY,
    setPolicy: (name, policy) => void policies.set(name, policy),
  }
}

function checkRoom(store: ReadonlyMap<string, unknown>): void {
  if (store.size < MAX_NAMES) return
  throw new ApiError(429, { reason: 'rateLimitExceeded', message: 'Too many resources.', rpc: 'RESOURCE_EXHAUSTED' })
}
