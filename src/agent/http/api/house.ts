import type { JobQuery, Page } from '../../../backends/store.ts'
import type { ApiCallSum } from '../../../core/api-call.ts'
import type { BudgetUse } from '../../../core/call-budget.ts'
import type { CallColumns } from '../../../core/call-columns.ts'
import type { CheckResult } from '../../../core/check.ts'
import type { Job } from '../../../core/job.ts'
import type { Saving } from '../../../core/saving.ts'
import type { ResourceTotals, SyncTotals } from '../../../core/sync-totals.ts'

export interface JobApi {
  list(query: JobQuery): Promise<Page<Job>>
  get(id: string): Promise<Job>
  retry(id: string): Promise<Job>
  counts(): Promise<Readonly<Record<Job['state'], number>>>
}

export interface HouseApi {
  /** Whether the providers are stand-ins. */
  readonly sandbox: boolean
  /** Every diagnostic that the agent can make by itself; it reads all resources. */
  checks(): Promise<readonly CheckResult[]>
  /** Looks for this agent through its public URL; takes as long as the network does, 5 s at most. */
  checkPublicUrl(): Promise<readonly CheckResult[]>
  /** What was asked of providers since an instant, what that saved, and what came of it. */
  reportCalls(since: number): Promise<CallReport>
  features(): Promise<Readonly<Record<string, boolean>>>
  setFeature(name: string, on: boolean): Promise<void>
  /** Figures for `ec status`. */
  status(): Promise<Status>
  /** Writes a copy of the running store to a path on this machine. */
  backup(file: string): Promise<void>
  /** Puts a backup in the place of the store; the path where the old one is kept. */
  restore(file: string): Promise<string>
}

export interface CallReport {
  readonly calls: readonly ApiCallSum[]
  /** By provider and account, in columns; `address` says whose account it is. */
  readonly accounts: readonly (CallColumns & { readonly address: string; readonly saving: Saving })[]
  readonly saving: Saving
  readonly sync: {
    readonly all: SyncTotals
    readonly resources: readonly (ResourceTotals & { readonly name: string })[]
  }
  readonly budgets: readonly (BudgetUse & { readonly address: string })[]
}

export interface Status {
  readonly instance: string
  readonly version: string
  readonly epoch: string
  readonly uptime_s: number
  readonly url: string
  readonly public_url: string | null
  /** The page that a person uses. */
  readonly inbox: string
  /** Whether the providers are stand-ins. */
  readonly sandbox: boolean
  /** Of the public listener; null when there is none. */
  readonly public_port: number | null
  readonly clients: number
  /** Null while the store cannot be read. */
  readonly resources: number | null
  readonly jobs: Readonly<Record<Job['state'], number>>
  readonly checks: readonly CheckResult[]
}
