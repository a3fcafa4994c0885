import { expect, it } from 'vitest'
import { readTotals } from '#ec/agent/activity/totals.js'
import { createMeter } from '#ec/agent/http/metrics.js'

it('sums what was counted, a refused request once', () => {
  const meter = createMeter()
  meter.counter('ec_notifications_total', { provider: 'github' }).add(3)
  meter.counter('ec_notifications_total', { provider: 'microsoft' }).add(2)
  for (const outcome of ['accepted', 'duplicate', 'held', 'empty', 'challenge']) {
    meter.counter('ec_webhooks_total', { provider: 'github', outcome }).add()
  }
  // Answered 401, so that the door has counted it too.
  meter.counter('ec_webhooks_total', { provider: 'github', outcome: 'bad_signature' }).add()
  meter.counter('ec_http_refused_total', { part: 'webhooks', code: 'EC_SIGNATURE_INVALID' }).add()
  // Authentic and of no use: answered 2xx.
  meter.counter('ec_webhooks_total', { provider: 'gmail', outcome: 'malformed' }).add()
  meter.counter('ec_http_refused_total', { part: 'webhooks', code: 'EC_RESOURCE_UNKNOWN' }).add()
  meter.counter('ec_http_refused_total', { part: 'api', code: 'EC_HOST_NOT_ALLOWED' }).add()
  meter.counter('ec_events_total', {}).add(7)
  meter.counter('ec_deliveries_total', { channel: 'ws' }).add(9)
  for (const end of ['done', 'retry', 'dead']) meter.counter('ec_jobs_total', { kind: 'event.deliver', end }).add()
  meter.counter('ec_api_calls_total', { provider: 'github', cause: 'renew' }).add(4)
  expect(readTotals(meter)).toEqual({ notifications: 5, refused: 3, events: 7, deliveries: 9, jobs: 2, calls: 4 })
})

it('begins at 0', () => {
  expect(new Set(Object.values(readTotals(createMeter())))).toEqual(new Set([0]))
})
