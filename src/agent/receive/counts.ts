import type { Counter, Histogram, Meter } from '../../core/meter.ts'

/** What came of a webhook request; the values of the label `outcome`. */
const WEBHOOK_OUTCOMES = [
  'accepted',
  'duplicate',
  'held',
  'empty',
  'challenge',
  'bad_signature',
  'no_secret',
  'malformed',
] as const
export type WebhookOutcome = (typeof WEBHOOK_OUTCOMES)[number]

/** The figures of one provider, ready for the hot path. */
export interface Counts {
  add(outcome: WebhookOutcome): void
  readonly stored: Counter
  readonly seconds: Histogram
}

export function createCounts(meter: Meter, provider: string): Counts {
  const counters = new Map<WebhookOutcome, Counter>(
    WEBHOOK_OUTCOMES.map(outcome => [outcome, meter.counter('ec_webhooks_total', { provider, outcome })]),
  )
  return {
    add: outcome => counters.get(outcome)?.add(),
    stored: meter.counter('ec_notifications_total', { provider }),
    seconds: meter.histogram('ec_webhook_seconds', { provider }),
  }
}
