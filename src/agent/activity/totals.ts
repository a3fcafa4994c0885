import type { Tally } from '../../core/meter.ts'
import type { ActivityTotals } from '../http/api.ts'

/** Outcomes of webhook requests that are refusals. */
const REFUSED = new Set(['bad_signature', 'no_secret', 'malformed'])
/** What those are answered with: a request that was turned away with another code never came so far. */
const JUDGED = new Set([
  'EC_SECRET_MISSING',
  'EC_SIGNATURE_MISSING',
  'EC_SIGNATURE_INVALID',
  'EC_HANDSHAKE_REFUSED',
  'EC_NOTIFICATION_MALFORMED',
])
const ENDS = new Set(['done', 'dead'])

export function readTotals(tally: Tally): ActivityTotals {
  const { sum } = tally
  return {
    notifications: sum('ec_notifications_total'),
    refused:
      sum('ec_webhooks_total', ({ outcome = '' }) => REFUSED.has(outcome)) +
      sum('ec_http_refused_total', ({ part, code = '' }) => part === 'webhooks' && !JUDGED.has(code)),
    events: sum('ec_events_total'),
    deliveries: sum('ec_deliveries_total'),
    jobs: sum('ec_jobs_total', ({ end = '' }) => ENDS.has(end)),
    calls: sum('ec_api_calls_total'),
  }
}
