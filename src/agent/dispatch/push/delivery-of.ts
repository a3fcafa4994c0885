import type { EcEvent, Level } from '../../../core/event.ts'
import { topicOf } from './collapse-of.ts'

export type Urgency = 'very-low' | 'low' | 'normal' | 'high'

/** What a push service is told beside the message (RFC 8030 5.2 to 5.4). */
export interface Delivery {
  /** How long it keeps the message for a device that is away, in seconds. */
  readonly ttl: number
  readonly urgency: Urgency
  readonly topic: string
}

const HOUR_S = 3_600
const DAY_S = 24 * HOUR_S
/** What push services keep at most. */
const MAX_TTL_S = 28 * DAY_S

interface Rule {
  readonly ttl: number
  readonly urgency: Urgency
}

/** A question waits until it expires; a reminder is worth little after its hour. */
const RULES: Readonly<Record<string, Rule>> = {
  'job.done': { ttl: DAY_S, urgency: 'normal' },
  'action.required': { ttl: MAX_TTL_S, urgency: 'high' },
  'message.new': { ttl: DAY_S, urgency: 'high' },
  'reminder.due': { ttl: HOUR_S, urgency: 'high' },
  'system.alert': { ttl: 3 * DAY_S, urgency: 'normal' },
}
const OTHER: Rule = { ttl: DAY_S, urgency: 'normal' }
/** A phone that saves its battery holds back what is not `high`. */
const LOUD: ReadonlySet<Level> = new Set(['error', 'critical'])

/** Urgency, time to live and topic of an event at `now` (ms); null when it has expired. */
export function deliveryOf(event: EcEvent, now: number): Delivery | null {
  const rule = RULES[event.type] ?? OTHER
  const left = event.expires_at === undefined ? Infinity : Math.floor((Date.parse(event.expires_at) - now) / 1_000)
  if (left <= 0) return null
  // A reminder that names its end is due until then.
  const kept = event.type === 'reminder.due' && Number.isFinite(left) ? MAX_TTL_S : rule.ttl
  return {
    ttl: Math.min(left, kept),
    urgency: LOUD.has(event.level) ? 'high' : rule.urgency,
    topic: topicOf(event),
  }
}
