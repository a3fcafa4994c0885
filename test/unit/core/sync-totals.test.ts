import { describe, expect, it } from 'vitest'
import type { SyncRunSum } from '#ec/core/sync.js'
import { totalsByResource, totalsOfAll } from '#ec/core/sync-totals.js'

function sum(resourceId: string, type: SyncRunSum['type'], over: Partial<SyncRunSum> = {}): SyncRunSum {
  const none = { failed: 0, changed: 0, notifications: 0, lost: 0, latencyP50: null, latencyP99: null }
  return { resourceId, type, runs: 1, ...none, ...over }
}

const SUMS = [
  sum('r1', 'webhook', { runs: 96, failed: 1, notifications: 200, lost: 1, latencyP50: 80, latencyP99: 900 }),
  sum('r1', 'polling', { runs: 4, notifications: 2, latencyP50: 4000, latencyP99: 5000 }),
  sum('r2', 'polling', { runs: 50 }),
  sum('r2', 'full', { runs: 1 }),
]

describe('what came of the reads', () => {
  it('counts fallback over what has an active subscription alone', () => {
    const latency = { latencyP50: 81, latencyP99: 950 }
    expect(totalsOfAll(SUMS, new Set(['r1']), latency)).toEqual({
      webhook: 96,
      polling: 54,
      full: 1,
      failed: 1,
      fallbackPercent: 4,
      notifications: 202,
      processedPercent: (201 / 202) * 100,
      latencyP50: 81,
      latencyP99: 950,
    })
    expect(totalsOfAll(SUMS, new Set(), latency).fallbackPercent).toBeNull()
  })

  it('is told by resource, with the latency of most notifications and the worst', () => {
    const rows = totalsByResource(SUMS, new Set(['r1', 'r2']))
    expect(rows).toMatchObject([
      { resourceId: 'r1', fallbackPercent: 4, latencyP50: 80, latencyP99: 5000 },
      { resourceId: 'r2', processedPercent: null, notifications: 0, latencyP50: null, latencyP99: null },
    ])
    expect(rows[1]?.fallbackPercent).toBeCloseTo((50 / 51) * 100)
  })

  it('invents nothing where nothing was read', () => {
    const all = totalsOfAll([], new Set(['r1']), { latencyP50: null, latencyP99: null })
    expect(all).toMatchObject({ webhook: 0, fallbackPercent: null, processedPercent: null, latencyP99: null })
    expect(totalsByResource([], new Set())).toEqual([])
  })
})
