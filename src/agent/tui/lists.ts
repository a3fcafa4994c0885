import type { CheckResult } from '../../core/check.ts'
import type { AccountCallsRow, ResourceTotalsRow } from '../../client/call-rows.ts'
import type { JobRow, ResourceRow } from '../../client/rows.ts'
import { sayHealth, toneOf } from '../../client/say-health.ts'
import { layoutOf, rowsIn } from './layout.ts'
import type { ScreenState, Tab } from './state.ts'

/** What the health tab lists: what needs a person first. */
export type HealthItem =
  | { readonly key: string; readonly kind: 'check'; readonly check: CheckResult }
  | {
      readonly key: string
      readonly kind: 'resource'
      readonly resource: ResourceRow
      /** Null = it was not read in 24 h. */
      readonly reads: ResourceTotalsRow | null
    }

/** The keys of what a tab lists, in its order. */
export function keysOf(state: ScreenState, tab: Tab): readonly string[] {
  switch (tab) {
    case 'events':
      return state.visible.map(row => row.key)
    case 'health':
      return healthItems(state).map(item => item.key)
    case 'calls':
      return accountCalls(state).map(({ provider, account }) => `${provider} ${account}`)
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
  const { status, resources, reads } = health.value
  const readsOf = new Map(reads.map(row => [row.resource, row]))
  const items: readonly HealthItem[] = [
    ...status.checks.map(check => ({ key: `c ${check.code}`, kind: 'check', check }) as const),
    ...resources.map(resource => {
      const { id } = resource
      return { key: `r ${id}`, kind: 'resource', resource, reads: readsOf.get(id) ?? null } as const
    }),
  ]
  return items.toSorted((a, b) => rankOf(a) - rankOf(b))
}

const CHECK_RANK = { fail: 0, warn: 1, ok: 4, skip: 5 } as const

function rankOf(item: HealthItem): number {
  if (item.kind === 'check') return CHECK_RANK[item.check.status]
  const tone = toneOf(sayHealth(item.resource))
  return lacksSecret(item.resource) || tone === 'warn' || tone === 'bad' ? 2 : 3
}

/** The newest first. */
export function jobsOf({ jobs }: Pick<ScreenState, 'jobs'>): readonly JobRow[] {
  return jobs.value ?? []
}

/** The most first. */
export function accountCalls({ calls }: Pick<ScreenState, 'calls'>): readonly AccountCallsRow[] {
  return calls.value?.accounts ?? []
}

/** Whether nothing that comes for it can be verified. */
export function lacksSecret({ provider, has_secret: hasSecret, sync }: ResourceRow): boolean {
  // Of what is synced, the subscription brings the secret when there is one.
  return !hasSecret && sync === null && !PROVED_BY_KEY.has(provider)
}

/** Google signs Gmail's notifications with keys that it publishes; nobody has a secret. */
const PROVED_BY_KEY: ReadonlySet<string> = new Set(['gmail'])

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
  return tab === 'calls' ? Math.min(6, height - 5) : 0
}

/** Whether the cursor of a tab follows the newest. */
export function follows(tab: Tab): boolean {
  return tab === 'events' || tab === 'log'
}
