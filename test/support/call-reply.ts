import type { CallsReply } from '#ec/client/call-rows.js'
import { toColumns } from '#ec/core/call-columns.js'
import type { ApiCallSum } from '#ec/core/api-call.js'
import { computeSaving } from '#ec/core/saving.js'

/** What an agent that watches so many calendars for a day would say of these calls. */
export function callsReply(
  calls: readonly ApiCallSum[],
  calendars: number,
  over: Partial<CallsReply> = {},
): CallsReply {
  const day = 86_400_000
  const watched = Array.from({ length: calendars }, () => ({ provider: 'google-calendar', paused: false, since: 0 }))
  const { old, honest, ...rest } = computeSaving(calls, watched, { now: day, spanMs: day })
  const baseline = ({ calls: count, savedPercent }: typeof old, each: number) => {
    return { formula: `${calendars} x 96 a day x ${each}`, calls: count, saved_percent: savedPercent }
  }
  const saving = { ...rest, old: baseline(old, 3), honest: baseline(honest, 1) }
  return {
    since: '',
    calls,
    accounts: toColumns(calls).map(row => ({ ...row, address: `${row.account}@example.org`, saving })),
    saving,
    sync: {
      all: {
        webhook: 0,
        polling: 0,
        full: 0,
        failed: 0,
        fallback_percent: null,
        notifications: 0,
        processed_percent: null,
        latency_p50_ms: null,
        latency_p99_ms: null,
      },
      resources: [],
    },
    budgets: [],
    ...over,
  }
}
