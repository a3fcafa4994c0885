import type { ApiCallSum } from '../core/api-call.ts'
import type { CallColumns } from '../core/call-columns.ts'

/** What was asked of providers over a span of time, what that saved, and what came of the reads. Instants are RFC 3339. */
export interface CallsReply {
  readonly since: string
  readonly calls: readonly ApiCallSum[]
  /** By provider and account, in columns; `address` says whose account it is. */
  readonly accounts: readonly AccountCallsRow[]
  readonly saving: SavingRow
  readonly sync: {
    readonly all: SyncTotalsRow
    readonly resources: readonly ResourceTotalsRow[]
  }
  readonly budgets: readonly BudgetRow[]
}

export interface AccountCallsRow extends CallColumns {
  readonly address: string
  readonly saving: SavingRow
}

/** Against two named pollers; `made` are reads, renewals and probes, every attempt. */
export interface SavingRow {
  readonly watched: number
  readonly made: number
  /** Days that pass there in one of ours: 1, but for the sandbox. */
  readonly pace: number
  /** The system before this one: each calendar every 15 minutes, three calls each time. */
  readonly old: BaselineRow
  /** A poller without waste: one call each time. */
  readonly honest: BaselineRow
}

export interface BaselineRow {
  readonly formula: string
  /** What it would have taken. */
  readonly calls: number
  /** Of 100, how many of those were not made; below 0 when more were. Null when there is nothing to compare. */
  readonly saved_percent: number | null
}

export interface SyncTotalsRow {
  readonly webhook: number
  readonly polling: number
  readonly full: number
  readonly failed: number
  /** Of 100 reads of what has an active subscription, how many polled. */
  readonly fallback_percent: number | null
  readonly notifications: number
  readonly processed_percent: number | null
  /** From the receipt of a notification to the end of its processing. */
  readonly latency_p50_ms: number | null
  readonly latency_p99_ms: number | null
}

export interface ResourceTotalsRow extends SyncTotalsRow {
  readonly resource: string
  readonly name: string
}

/** What an account has used of what it may ask of a service; since the agent started. */
export interface BudgetRow {
  readonly budget: string
  readonly account: string
  readonly address: string
  /** In the last minute. */
  readonly used: number
  readonly per_minute: number
  /** The service's own limit; null = it is not known. */
  readonly limit_per_minute: number | null
  readonly waits: number
  readonly waited_ms: number
  readonly last_wait_at: string | null
}
