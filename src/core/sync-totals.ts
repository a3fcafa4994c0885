import type { SyncRunSum } from './sync.ts'

/** What came of the reads of one resource, or of all. */
export interface SyncTotals {
  readonly webhook: number
  readonly polling: number
  readonly full: number
  readonly failed: number
  /** Of 100 reads of what has an active subscription, how many polled; null = there were none. */
  readonly fallbackPercent: number | null
  readonly notifications: number
  /** Of 100 notifications, how many were processed; null = there were none. */
  readonly processedPercent: number | null
  /** From the receipt of a notification to the end of its processing, ms. */
  readonly latencyP50: number | null
  readonly latencyP99: number | null
}

export interface ResourceTotals extends SyncTotals {
  readonly resourceId: string
}

/** By resource. Latencies are those of the type of read that ended the most notifications, and of the slowest type. Pure. */
export function totalsByResource(
  sums: readonly SyncRunSum[],
  subscribed: ReadonlySet<string>,
): readonly ResourceTotals[] {
  return [...new Set(sums.map(({ resourceId }) => resourceId))].map(resourceId => {
    const rows = sums.filter(row => row.resourceId === resourceId)
    const busiest = rows.toSorted((a, b) => b.notifications - a.notifications)[0]
    const slowest = rows.flatMap(({ latencyP99 }) => (latencyP99 === null ? [] : [latencyP99]))
    return {
      resourceId,
      ...count(rows, subscribed),
      latencyP50: busiest?.latencyP50 ?? null,
      latencyP99: slowest.length === 0 ? null : Math.max(...slowest),
    }
  })
}

/** Of all resources; their latencies cannot be had from those of each, and come beside. Pure. */
export function totalsOfAll(
  sums: readonly SyncRunSum[],
  subscribed: ReadonlySet<string>,
  latency: Pick<SyncTotals, 'latencyP50' | 'latencyP99'>,
): SyncTotals {
  return { ...count(sums, subscribed), ...latency }
}

function count(
  sums: readonly SyncRunSum[],
  subscribed: ReadonlySet<string>,
): Omit<SyncTotals, 'latencyP50' | 'latencyP99'> {
  const of = (type: SyncRunSum['type']): number => countRuns(sums.filter(row => row.type === type))
  const watched = sums.filter(({ resourceId }) => subscribed.has(resourceId))
  const polled = countRuns(watched.filter(({ type }) => type === 'polling'))
  const notifications = sums.reduce((sum, row) => sum + row.notifications, 0)
  const lost = sums.reduce((sum, row) => sum + row.lost, 0)
  return {
    webhook: of('webhook'),
    polling: of('polling'),
    full: of('full'),
    failed: sums.reduce((sum, row) => sum + row.failed, 0),
    fallbackPercent: percent(polled, countRuns(watched)),
    notifications,
    processedPercent: percent(notifications - lost, notifications),
  }
}

function countRuns(sums: readonly SyncRunSum[]): number {
  return sums.reduce((sum, { runs }) => sum + runs, 0)
}

function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : (part / whole) * 100
}
