import { isLoopback } from '../../core/judge-endpoints.ts'
import { isRecord, peek, peekFlag, peekInteger, peekString, type JsonRecord } from '../../core/peek.ts'
import { invalid } from './topics.ts'

export interface PushConfig {
  readonly endpoint: string
  /** '' = pushes carry no token. */
  readonly serviceAccount: string
  /** The endpoint unless told otherwise. */
  readonly audience: string
  readonly isWrapped: boolean
  /** Of what is not wrapped: whether headers tell of the message. */
  readonly tellsMetadata: boolean
}

/** How a subscription is set up. */
export interface SubscriptionTraits {
  readonly name: string
  readonly topic: string
  /** Null = it is pulled from. */
  readonly push: PushConfig | null
  readonly ackDeadlineS: number
  readonly retentionS: number
  /** After so long without use it is deleted; null = never. */
  readonly expiresAfterS: number | null
  readonly deadLetter: { readonly topic: string; readonly maxAttempts: number } | null
  readonly retry: { readonly minS: number; readonly maxS: number } | null
  readonly labels: JsonRecord
}

const DAY_S = 86_400

/** Reads the resource, over what was there before; throws 400. */
export function readSubscription(name: string, body: JsonRecord): SubscriptionTraits {
  const topic = peekString(body, 'topic')
  if (!TOPIC.test(topic)) throw invalid(`Invalid resource name given (name=${topic}).`)
  const ackDeadlineS = peekInteger(body, 'ackDeadlineSeconds') || 10
  if (ackDeadlineS < 10 || ackDeadlineS > 600) {
    throw invalid(`Invalid ack deadline given (ack_deadline_secs=${ackDeadlineS}).`)
  }
  const labels = isRecord(body['labels']) ? body['labels'] : {}
  return {
    name,
    topic,
    push: readPushConfig(body['pushConfig']),
    ackDeadlineS,
    retentionS: seconds(body, 7 * DAY_S, 'messageRetentionDuration'),
    expiresAfterS: readExpiration(body),
    deadLetter: readDeadLetter(body),
    retry: isRecord(body['retryPolicy'])
      ? {
          minS: seconds(body, 10, 'retryPolicy', 'minimumBackoff'),
          maxS: seconds(body, 600, 'retryPolicy', 'maximumBackoff'),
        }
      : null,
    labels,
  }
}

export const TOPIC = /^projects\/[a-z][a-z0-9-]{2,61}\/topics\/[A-Za-z][\w.~+%-]{2,254}$/

/** The real service takes https alone; here a receiver of this machine may do without. An empty one = pull. */
export function readPushConfig(config: unknown): PushConfig | null {
  const endpoint = peekString(config, 'pushEndpoint')
  if (endpoint === '') return null
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback(url.hostname))) {
    throw invalid(`Invalid push endpoint given (endpoint=${endpoint}). It must begin with https://.`)
  }
  const serviceAccount = peekString(config, 'oidcToken', 'serviceAccountEmail')
  if (isRecord(peek(config, 'oidcToken')) && serviceAccount === '') throw invalid('The service account is missing.')
  return {
    endpoint,
    serviceAccount,
    audience: peekString(config, 'oidcToken', 'audience') || endpoint,
    isWrapped: !isRecord(peek(config, 'noWrapper')),
    tellsMetadata: peekFlag(config, 'noWrapper', 'writeMetadata'),
  }
}

function readExpiration(body: JsonRecord): number | null {
  if (!isRecord(body['expirationPolicy'])) return 31 * DAY_S
  // A policy without a ttl is the way to say never.
  return peekString(body, 'expirationPolicy', 'ttl') === '' ? null : seconds(body, 0, 'expirationPolicy', 'ttl')
}

function readDeadLetter(body: JsonRecord): SubscriptionTraits['deadLetter'] {
  const topic = peekString(body, 'deadLetterPolicy', 'deadLetterTopic')
  if (topic === '') return null
  const maxAttempts = peekInteger(body, 'deadLetterPolicy', 'maxDeliveryAttempts') || 5
  if (maxAttempts < 5 || maxAttempts > 100) {
    throw invalid(`Invalid max delivery attempts given (max_delivery_attempts=${maxAttempts}): 5 to 100.`)
  }
  return { topic, maxAttempts }
}

function seconds(body: JsonRecord, usual: number, ...path: readonly string[]): number {
  const text = peekString(body, ...path)
  if (text === '') return usual
  const [, number = ''] = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(text) ?? []
  if (number === '') throw invalid(`Invalid duration given (${path.join('.')}=${text}).`)
  return Number(number)
}

/** The resource, as it is given. */
export function showSubscription(traits: SubscriptionTraits): JsonRecord {
  const { name, topic, push, ackDeadlineS, retentionS, expiresAfterS, deadLetter, retry, labels } = traits
  return {
    name,
    topic,
    pushConfig: push === null ? {} : showPushConfig(push),
    ackDeadlineSeconds: ackDeadlineS,
    messageRetentionDuration: `${retentionS}s`,
    expirationPolicy: expiresAfterS === null ? {} : { ttl: `${expiresAfterS}s` },
    ...(deadLetter === null
      ? {}
      : { deadLetterPolicy: { deadLetterTopic: deadLetter.topic, maxDeliveryAttempts: deadLetter.maxAttempts } }),
    ...(retry === null ? {} : { retryPolicy: { minimumBackoff: `${retry.minS}s`, maximumBackoff: `${retry.maxS}s` } }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    state: 'ACTIVE',
  }
}

function showPushConfig({ endpoint, serviceAccount, audience, isWrapped, tellsMetadata }: PushConfig): JsonRecord {
  return {
    pushEndpoint: endpoint,
    ...(serviceAccount === '' ? {} : { oidcToken: { serviceAccountEmail: serviceAccount, audience } }),
    ...(isWrapped ? {} : { noWrapper: { writeMetadata: tellsMetadata } }),
  }
}
