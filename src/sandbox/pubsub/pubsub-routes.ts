import { isRecord, peek, peekInteger, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import { json, type MakeRoute, type Route, type WireRequest } from '../http/wire.ts'
import { showSubscription, readPushConfig, readSubscription, TOPIC } from './subscription.ts'
import { pullMessages } from './pull.ts'
import type { PubSubService } from './pubsub-service.ts'
import { invalid, readPolicy } from './topics.ts'

const SCOPES = ['pubsub', 'cloud-platform'] as const
const TOPICS = '/v1/projects/{project}/topics'
const SUBSCRIPTIONS = '/v1/projects/{project}/subscriptions'

/** All of Pub/Sub v1 that there is here. */
export function pubsubRoutes(service: PubSubService): readonly Route[] {
  const route = (method: string, pattern: string, name: string, handle: Route['handle']): Route => ({
    method,
    pattern,
    operation: `pubsub.${name}`,
    style: 'pubsub',
    handle(request) {
      service.gate.enter(request, 'pubsub', SCOPES)
      return handle(request)
    },
  })
  return [
    ...iamRoutes(service, route, `${TOPICS}/{topic}`, 'topics', topicOf),
    ...iamRoutes(service, route, `${SUBSCRIPTIONS}/{subscription}`, 'subscriptions', subscriptionOf),
    ...topicRoutes(service, route),
    ...subscriptionRoutes(service, route),
  ]
}

function topicRoutes(service: PubSubService, route: MakeRoute): readonly Route[] {
  const one = `${TOPICS}/{topic}`
  return [
    route('GET', TOPICS, 'topics.list', ({ params }) => {
      const topics = service.topics(params['project'] ?? '')
      return json(topics.length === 0 ? {} : { topics })
    }),
    route('POST', `${one}:publish`, 'topics.publish', request => {
      const messages = peekList(request.body, 'messages').map(readMessage)
      if (messages.length === 0) throw invalid('The value for messages is too small. You passed 0 in the request.')
      return json({ messageIds: service.publish(topicOf(request), messages) })
    }),
    route('PUT', one, 'topics.create', request => {
      const name = topicOf(request)
      if (!TOPIC.test(name)) throw invalid(`Invalid resource name given (name=${name}).`)
      const { labels } = request.body
      return json(service.createTopic(name, isRecord(labels) ? labels : {}))
    }),
    route('GET', one, 'topics.get', request => json(service.topic(topicOf(request)))),
    route('DELETE', one, 'topics.delete', request => {
      service.deleteTopic(topicOf(request))
      return json({})
    }),
  ]
}

function subscriptionRoutes(service: PubSubService, route: MakeRoute): readonly Route[] {
  const one = `${SUBSCRIPTIONS}/{subscription}`
  return [
    route('GET', SUBSCRIPTIONS, 'subscriptions.list', ({ params }) => {
      const found = service.subscriptions(params['project'] ?? '')
      return json(found.length === 0 ? {} : { subscriptions: found.map(({ traits }) => showSubscription(traits)) })
    }),
    route('POST', `${one}:pull`, 'subscriptions.pull', request => {
      return pullMessages(service, service.subscription(subscriptionOf(request)), request)
    }),
    route('POST', `${one}:acknowledge`, 'subscriptions.acknowledge', request => {
      service.subscription(subscriptionOf(request)).queue.acknowledge(ackIds(request.body))
      return json({})
    }),
    route('POST', `${one}:modifyAckDeadline`, 'subscriptions.modifyAckDeadline', request => {
      const deadlineS = peekInteger(request.body, 'ackDeadlineSeconds') ?? -1
      if (deadlineS < 0 || deadlineS > 600)
        throw invalid(`Invalid ack deadline given (ack_deadline_secs=${deadlineS}).`)
      service.subscription(subscriptionOf(request)).queue.extend(ackIds(request.body), deadlineS * 1000)
      return json({})
    }),
    route('POST', `${one}:modifyPushConfig`, 'subscriptions.modifyPushConfig', request => {
      const { traits } = service.subscription(subscriptionOf(request))
      service.change(traits.name, { ...traits, push: readPushConfig(request.body['pushConfig']) })
      return json({})
    }),
    route('PUT', one, 'subscriptions.create', request => {
      const traits = readSubscription(subscriptionOf(request), request.body)
      return json(showSubscription(service.createSubscription(traits).traits))
    }),
    route('GET', one, 'subscriptions.get', request => {
      return json(showSubscription(service.subscription(subscriptionOf(request)).traits))
    }),
    route('PATCH', one, 'subscriptions.patch', request => {
      const { traits } = service.subscription(subscriptionOf(request))
      const changed = readSubscription(traits.name, masked(showSubscription(traits), request.body))
      return json(showSubscription(service.change(traits.name, changed).traits))
    }),
    route('DELETE', one, 'subscriptions.delete', request => {
      service.deleteSubscription(subscriptionOf(request))
      return json({})
    }),
  ]
}

function iamRoutes(
  service: PubSubService,
  route: MakeRoute,
  pattern: string,
  family: string,
  nameOf: (request: WireRequest) => string,
): readonly Route[] {
  function existing(request: WireRequest): string {
    const name = nameOf(request)
    if (family === 'topics') service.topic(name)
    else service.subscription(name)
    return name
  }

  return [
    route('GET', `${pattern}:getIamPolicy`, `${family}.getIamPolicy`, request => {
      return json({ version: 1, ...service.policy(existing(request)) })
    }),
    route('POST', `${pattern}:setIamPolicy`, `${family}.setIamPolicy`, request => {
      const name = existing(request)
      const policy = readPolicy(request.body, service.policy(name), service.manners().restricted_sharing)
      service.setPolicy(name, policy)
      return json({ version: 1, ...policy })
    }),
    route('POST', `${pattern}:testIamPermissions`, `${family}.testIamPermissions`, request => {
      existing(request)
      return json({ permissions: peekList(request.body, 'permissions') })
    }),
  ]
}

/** Only what the mask names is changed. */
function masked(before: JsonRecord, body: JsonRecord): JsonRecord {
  const names = peekString(body, 'updateMask')
    .split(',')
    .map(name => name.trim().replace(/_(\w)/g, (_, c: string) => c.toUpperCase()))
  if (names.includes('')) throw invalid('The update_mask in the UpdateSubscriptionRequest must be set.')
  const changed: Record<string, unknown> = { ...before }
  for (const name of names) {
    const [top = ''] = name.split('.')
    changed[top] = peek(body, 'subscription', top)
  }
  return changed
}

function readMessage(message: unknown) {
  const attributes = peek(message, 'attributes')
  const texts = isRecord(attributes) ? Object.entries(attributes).map(([name, value]) => [name, String(value)]) : []
  const data = peekString(message, 'data')
  if (data === '' && texts.length === 0) throw invalid('One or more messages have neither data nor attributes.')
  return { data, attributes: Object.fromEntries(texts) }
}

function ackIds(body: JsonRecord): readonly string[] {
  const ids = peekList(body, 'ackIds').map(String)
  if (ids.length === 0) throw invalid('No ack ids were specified.')
  return ids
}

function topicOf({ params }: WireRequest): string {
  return `projects/${params['project'] ?? ''}/topics/${params['topic'] ?? ''}`
}

function subscriptionOf({ params }: WireRequest): string {
  return `projects/${params['project'] ?? ''}/subscriptions/${params['subscription'] ?? ''}`
}
