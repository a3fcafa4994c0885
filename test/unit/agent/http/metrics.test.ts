import { describe, expect, it } from 'vitest'
import { createMeter } from '#ec/agent/http/metrics.js'

describe('a meter', () => {
  it('sums a counter, over all labels or over some', () => {
    const { counter, sum } = createMeter()
    expect(sum('ec_webhooks_total')).toBe(0)
    counter('ec_webhooks_total', { provider: 'github', outcome: 'accepted' }).add()
    counter('ec_webhooks_total', { provider: 'github', outcome: 'accepted' }).add(4)
    counter('ec_webhooks_total', { provider: 'notion', outcome: 'held' }).add(2)
    expect(sum('ec_webhooks_total')).toBe(7)
    expect(sum('ec_webhooks_total', ({ provider }) => provider === 'github')).toBe(5)
    expect(sum('ec_webhooks_total', ({ outcome }) => outcome === 'duplicate')).toBe(0)
    expect(sum('ec_jobs_total')).toBe(0)
  })

  it('writes a counter without labels as Prometheus reads it', async () => {
    const { counter, read } = createMeter()
    counter('ec_events_total', {}).add(3)
    counter('ec_deliveries_total', { channel: 'ws' }).add(5)
    const { text } = await read()
    expect(text).toContain('# TYPE ec_events_total counter\nec_events_total 3\n')
    expect(text).toContain('ec_deliveries_total{channel="ws"} 5\n')
  })
})
