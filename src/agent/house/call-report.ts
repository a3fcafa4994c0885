import type { Store } from '../../backends/store.ts'
import type { ApiCallSum } from '../../core/api-call.ts'
import type { BudgetUse } from '../../core/call-budget.ts'
import { toColumns } from '../../core/call-columns.ts'
import type { Clock } from '../../core/clock.ts'
import { listAll } from '../../core/list-all.ts'
import type { Resource } from '../../core/resource.ts'
import { computeSaving, type Saving, type SavingSpan } from '../../core/saving.ts'
import { totalsByResource, totalsOfAll } from '../../core/sync-totals.ts'
import type { CallReport } from '../http/api.ts'

export interface CallReportOptions {
  readonly store: Pick<
    Store,
    'sumCalls' | 'listResources' | 'listAccounts' | 'listSubscriptions' | 'sumSyncRuns' | 'syncLatency'
  >
  readonly clock: Pick<Clock, 'now'>
  readonly budgets: () => readonly BudgetUse[]
  /** Of the sandbox: days that pass there in one of ours. */
  readonly pace?: number
}

/** The ledger over a span of time: what was asked of providers, what that saved, and what came of the reads. */
export async function reportCalls(options: CallReportOptions, since: number): Promise<CallReport> {
  const { store, clock, pace = 1 } = options
  const now = clock.now()
  const span = { now, spanMs: Math.max(0, now - since), pace }
  const [calls, resources, addresses, subscribed, sums, latency] = await Promise.all([
    store.sumCalls(since),
    listResources(store),
    addressesOf(store),
    subscribedOf(store),
    store.sumSyncRuns(since),
    store.syncLatency(since),
  ])
  const nameOf = (account: string): string => addresses.get(account) ?? account
  const names = new Map(resources.map(({ id, name }) => [id, name]))
  return {
    calls,
    accounts: toColumns(calls).map(({ account, ...row }) => ({
      ...row,
      account,
      address: nameOf(account),
      saving: savingOf(
        calls.filter(call => call.account === account && call.provider === row.provider),
        resources.filter(({ accountId, provider }) => accountId === account && provider === row.provider),
        span,
      ),
    })),
    saving: savingOf(calls, resources, span),
    sync: {
      all: totalsOfAll(sums, subscribed, { latencyP50: latency.p50, latencyP99: latency.p99 }),
      resources: totalsByResource(sums, subscribed).map(row => ({ ...row, name: names.get(row.resourceId) ?? '' })),
    },
    budgets: options.budgets().map(use => ({ ...use, address: nameOf(use.account) })),
  }
}

/** What is only told of, without an account, is not read, and there is nothing to save. */
function savingOf(calls: readonly ApiCallSum[], resources: readonly Resource[], span: SavingSpan): Saving {
  const watched = resources
    .filter(({ accountId }) => accountId !== null)
    .map(({ provider, paused, createdAt }) => ({ provider, paused, since: createdAt }))
  return computeSaving(calls, watched, span)
}

async function listResources(store: CallReportOptions['store']): Promise<readonly Resource[]> {
  return listAll(page => store.listResources(page))
}

async function addressesOf(store: CallReportOptions['store']): Promise<ReadonlyMap<string, string>> {
  const accounts = await listAll(page => store.listAccounts(page))
  return new Map(accounts.map(({ id, address }) => [id, address]))
}

async function subscribedOf(store: CallReportOptions['store']): Promise<ReadonlySet<string>> {
  const active = await listAll(page => store.listSubscriptions({ ...page, state: 'active' }))
  return new Set(active.map(({ resourceId }) => resourceId))
}
