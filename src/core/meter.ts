/** Every figure that `/metrics` shows. Labels take few values, never an id, address or anything a sender chose. */
export const METRICS = {
  ec_webhooks_total: counter('webhook requests by what came of them', ['provider', 'outcome']),
  ec_webhook_seconds: histogram('from the read body to the durable answer', ['provider']),
  ec_notifications_total: counter('webhook notifications that were stored', ['provider']),
  ec_streamed_total: counter('what streams brought by what came of it', ['provider', 'outcome']),
  ec_quarantine_skipped_total: counter('refused requests that were only counted, to spare the disk', ['provider']),
  ec_http_requests_total: counter('requests to the JSON API', ['method', 'route', 'status']),
  ec_http_refused_total: counter('requests refused before they reached a route', ['part', 'code']),
  ec_jobs_total: counter('jobs by how an attempt ended', ['kind', 'end']),
  ec_events_total: counter('events that took their place in a stream', []),
  ec_deliveries_total: counter('events written to clients, each client counted', ['channel']),
  ec_attempts_total: counter('tries at devices and addresses by what came of them', ['channel', 'outcome']),
  ec_api_calls_total: counter('requests to providers', ['provider', 'cause']),
  ec_api_budget_waits_total: counter('requests to providers that waited for the budget of their account', ['provider']),
  ec_syncs_total: counter('reads of resources by how they ended', ['type', 'end']),
  ec_sync_latency_seconds: histogram('from the receipt of a notification to the end of the read that it causes', [
    'provider',
  ]),
  ec_synced_resources: gauge('synced resources by how they learn of changes', ['mode']),
  ec_subscription_health: gauge('synced resources by how their subscription fares', ['state']),
  ec_body_bytes: gauge('request bodies held in memory', ['account']),
} as const satisfies Record<string, MetricEntry>

interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

export type MetricName = keyof typeof METRICS
type OfType<Type> = { [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never }[MetricName]
export type CounterName = OfType<'counter'>
export type GaugeName = OfType<'gauge'>
export type HistogramName = OfType<'histogram'>
export type Labels<Name extends MetricName> = Readonly<Record<(typeof METRICS)[Name]['labels'][number], string>>

/**
 * Where stages count. Handles are cheap to use and dear to get: whoever counts on a hot path asks once and keeps them.
 */
export interface Meter {
  counter<Name extends CounterName>(name: Name, labels: Labels<Name>): Counter
  histogram<Name extends HistogramName>(name: Name, labels: Labels<Name>): Histogram
  /** `read` is called when somebody looks; registering the same labels again replaces it. */
  gauge<Name extends GaugeName>(name: Name, labels: Labels<Name>, read: () => number): void
}

/** Reads back what was counted. */
export interface Tally {
  /** The sum of a counter over all labels, or over those that `counts` says yes to. */
  sum(name: CounterName, counts?: (labels: Readonly<Record<string, string>>) => boolean): number
}

export interface Counter {
  /** 1 unless given. */
  add(count?: number): void
}

export interface Histogram {
  observe(seconds: number): void
}

/** Counts nothing. */
export const silentMeter: Meter = {
  counter: () => ({ add() {} }),
  histogram: () => ({ observe() {} }),
  gauge() {},
}

function counter<const Label extends string>(help: string, labels: readonly Label[]) {
  return { type: 'counter' as const, help, labels }
}

function gauge<const Label extends string>(help: string, labels: readonly Label[]) {
  return { type: 'gauge' as const, help, labels }
}

function histogram<const Label extends string>(help: string, labels: readonly Label[]) {
  return { type: 'histogram' as const, help, labels }
}
