import type { CheckResult } from '../../core/check.ts'
import type { JobRow, ResourceRow } from '../../client/rows.ts'
import { layoutOf, rowsIn } from './layout.ts'
import type { ScreenState, Tab } from './state.ts'

/** What the health tab lists: what needs a person first. */
export type HealthItem =
  | { readonly key: string; readonly kind: 'check'; readonly check: CheckResult }
  | { readonly key: string; readonly kind: 'resource'; readonly resource: ResourceRow }

/** The keys of what a tab lists, in its order. */
export function keysOf(state: ScreenState, tab: Tab): readonly string[] {
  switch (tab) {
    case 'events':
      return state.visible.map(row => row.key)
    case 'health':
      return healthItems(state).map(item => item.key)
    case 'calls':
      return callKeys(state)
    case 'jobs':
      return jobsOf(state).map(job => job.id)
    case 'log':
      return state.logs.map(line => line.key)
    default:
      return tab satisfies never
  }
}

export function healthItems({ health }: Pick<ScreenState, 'health'>): readonly HealthItem[] {
  if (health.value === null) return []
  const { status, resources } = health.value
  const items: readonly HealthItem[] = [
    ...status.checks.map(check => ({ key: `c ${check.code}`, kind: 'check', check }) as const),
    ...resources.map(resource => ({ key: `r ${resource.id}`, kind: 'resource', resource }) as const),
  ]
  return items.toSorted((a, b) => rankOf(a) - rankOf(b))
}

const CHECK_RANK = { fail: 0, warn: 1, ok: 4, skip: 5 } as const

function rankOf(item: HealthItem): number {
  if (item.kind === 'check') return CHECK_RANK[item.check.status]
  const { paused, state } = item.resource
  return paused || lacksSecret(item.resource) || state === 'degraded' || state === 'suspended' || state === 'disabled'
    ? 2
    : 3
}

/** The newest first. */
export function jobsOf({ jobs }: Pick<ScreenState, 'jobs'>): readonly JobRow[] {
  return jobs.value ?? []
}

function callKeys({ calls }: ScreenState): readonly string[] {
  return callRows(calls.value?.reply.calls ?? []).map(row => row.key)
}

/** Whether nothing that comes for it can be verified. */
export function lacksSecret({ provider, has_secret: hasSecret }: ResourceRow): boolean {
  return !hasSecret && !PROVED_BY_KEY.has(provider)
}

/** Google signs Gmail's notifications with keys that it publishes; nobody has a secret. */
const PROVED_BY_KEY: ReadonlySet<string> = new Set(['gmail'])

export interface CallRow {
  readonly key: string
  readonly provider: string
  readonly cause: string
  readonly calls: number
  readonly retries: number
  readonly failures: number
}

/** Summed by provider and cause, the most first. */
export function callRows(
  sums: readonly {
    readonly provider: string
    readonly cause: string
    readonly calls: number
    readonly retries: number
    readonly failures: number
  }[],
): readonly CallRow[] {
  const rows = new Map<string, CallRow>()
  for (const { provider, cause, calls, retries, failures } of sums) {
    const key = `${provider} ${cause}`
    const { calls: c = 0, retries: r = 0, failures: f = 0 } = rows.get(key) ?? {}
    rows.set(key, { key, provider, cause, calls: c + calls, retries: r + retries, failures: f + failures })
  }
  return [...rows.values()].sort((a, b) => b.calls - a.calls || a.key.localeCompare(b.key))
}

/** Lines of the window of the open tab's list. */
export function windowHeight(state: ScreenState): number {
  const { list, body } = layoutOf(state)
  const area = list ?? body
  return Math.max(1, rowsIn(area) - linesAbove(state.tab, area.height))
}

/** How many lines a tab has above its list; on a low terminal they give way. */
export function linesAbove(tab: Tab, height: number): number {
  if (height < 6) return 0
  if (tab === 'jobs') return 1
  return tab === 'calls' ? Math.min(5, height - 5) : 0
}

/** Whether the cursor of a tab follows the newest. */
export function follows(tab: Tab): boolean {
  return tab === 'events' || tab === 'log'
}
