import type { SyncTotalsRow } from './call-rows.ts'

/** What came of the reads of a resource, or of all; null where there was none, and of notifications where none came. */
export function sayReads(row: SyncTotalsRow): { readonly reads: string; readonly notifications: string | null } | null {
  const { webhook, polling, full, failed, fallback_percent: fallback } = row
  if (webhook + polling + full === 0) return null
  const fell = fallback === null ? '' : ` (${sayPercent(fallback)} fallback)`
  const lost = failed === 0 ? '' : `, ${failed} failed`
  return {
    reads: `${webhook} told, ${polling} polled${fell}, ${full} in full${lost}`,
    notifications: sayNotifications(row),
  }
}

/** As short as it goes: for a line that stands below a list. Null where there was no read. */
export function sayReadsShort(row: SyncTotalsRow): string | null {
  const { webhook, polling, full, fallback_percent: fallback, processed_percent: processed } = row
  if (webhook + polling + full === 0) return null
  const polled = fallback === null ? `${polling} polled` : `${sayPercent(fallback)} polled`
  if (processed === null) return polled
  return `${polled}; ${sayCount(row)}, ${sayPercent(processed)} processed${sayLatency('p99', row.latency_p99_ms)}`
}

export function sayPercent(percent: number): string {
  return `${percent.toFixed(1)} %`
}

function sayNotifications(row: SyncTotalsRow): string | null {
  const { processed_percent: processed } = row
  if (processed === null) return null
  const latency = sayLatency('median', row.latency_p50_ms) + sayLatency('p99', row.latency_p99_ms)
  return `${sayCount(row)}, ${sayPercent(processed)} processed${latency}`
}

function sayCount({ notifications }: SyncTotalsRow): string {
  return notifications === 1 ? '1 notification' : `${notifications} notifications`
}

function sayLatency(name: string, ms: number | null): string {
  return ms === null ? '' : `, ${name} ${ms} ms`
}
