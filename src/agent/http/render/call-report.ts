import { z } from 'zod'
import { CALL_CAUSES } from '../../../core/api-call.ts'
import type { Baseline, Saving } from '../../../core/saving.ts'
import type { SyncTotals } from '../../../core/sync-totals.ts'
import type { CallReport } from '../api.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'

const callView = z.strictObject({
  provider: z.string(),
  account: z.string(),
  operation: z.string(),
  cause: z.enum(CALL_CAUSES),
  calls: z.int(),
  retries: z.int(),
  failures: z.int(),
})

const baselineView = z.strictObject({ formula: z.string(), calls: z.int(), saved_percent: z.number().nullable() })

const savingView = z.strictObject({
  watched: z.int(),
  made: z.int(),
  pace: z.number(),
  old: baselineView,
  honest: baselineView,
})

const totals = {
  webhook: z.int(),
  polling: z.int(),
  full: z.int(),
  failed: z.int(),
  fallback_percent: z.number().nullable(),
  notifications: z.int(),
  processed_percent: z.number().nullable(),
  latency_p50_ms: z.number().nullable(),
  latency_p99_ms: z.number().nullable(),
}

export const callReportView = z.strictObject({
  since: instant,
  calls: z.array(callView),
  accounts: z.array(
    z.strictObject({
      provider: z.string(),
      account: z.string(),
      address: z.string(),
      reads: z.int(),
      renewals: z.int(),
      probes: z.int(),
      writes: z.int(),
      pulls: z.int(),
      setup: z.int(),
      retries: z.int(),
      failures: z.int(),
      calls: z.int(),
      saving: savingView,
    }),
  ),
  saving: savingView,
  sync: z.strictObject({
    all: z.strictObject(totals),
    resources: z.array(z.strictObject({ resource: z.string(), name: z.string(), ...totals })),
  }),
  budgets: z.array(
    z.strictObject({
      budget: z.string(),
      account: z.string(),
      address: z.string(),
      used: z.int(),
      per_minute: z.int(),
      limit_per_minute: z.int().nullable(),
      waits: z.int(),
      waited_ms: z.number(),
      last_wait_at: instant.nullable(),
    }),
  ),
})

export function renderCallReport(report: CallReport, since: number): z.infer<typeof callReportView> {
  return {
    since: renderInstant(since),
    calls: report.calls.map(row => ({ ...row })),
    accounts: report.accounts.map(({ saving, ...row }) => ({ ...row, saving: renderSaving(saving) })),
    saving: renderSaving(report.saving),
    sync: {
      all: renderTotals(report.sync.all),
      resources: report.sync.resources.map(({ resourceId, name, ...rest }) => {
        return { resource: resourceId, name, ...renderTotals(rest) }
      }),
    },
    budgets: report.budgets.map(use => ({
      budget: use.budget,
      account: use.account,
      address: use.address,
      used: use.used,
      per_minute: use.perMinute,
      limit_per_minute: use.limitPerMinute,
      waits: use.waits,
      waited_ms: use.waitedMs,
      last_wait_at: renderInstantOrNull(use.lastWaitAt),
    })),
  }
}

/** Each saving with what it is told against. */
function renderSaving({ watched, made, pace, old, honest }: Saving): z.infer<typeof savingView> {
  return {
    watched,
    made,
    pace,
    old: renderBaseline(old, `${watched} x 96 a day x 3`),
    honest: renderBaseline(honest, `${watched} x 96 a day x 1`),
  }
}

function renderBaseline({ calls, savedPercent }: Baseline, formula: string): z.infer<typeof baselineView> {
  return { formula, calls, saved_percent: savedPercent }
}

function renderTotals(all: SyncTotals): z.infer<z.ZodObject<typeof totals>> {
  return {
    webhook: all.webhook,
    polling: all.polling,
    full: all.full,
    failed: all.failed,
    fallback_percent: all.fallbackPercent,
    notifications: all.notifications,
    processed_percent: all.processedPercent,
    latency_p50_ms: all.latencyP50,
    latency_p99_ms: all.latencyP99,
  }
}
