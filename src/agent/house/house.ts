import type { Backend } from '../../backends/backend.ts'
import type { SandboxTraits } from '../../core/agent-options.ts'
import type { BudgetUse } from '../../core/call-budget.ts'
import { worstStatus, type CheckResult } from '../../core/check.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import { FEATURES, isFeature } from '../../core/features.ts'
import { isUnreadable } from '../../core/is-unreadable.ts'
import type { Health, HealthApi, HouseApi } from '../http/api.ts'
import { reportCalls } from './call-report.ts'
import { checkBudgets } from './check-budgets.ts'

export interface HouseOptions {
  readonly backend: Backend
  readonly clock: Clock
  readonly version: string
  /** Checks of parts other than the backend; cheap enough for every look at `/health`. */
  readonly checks: () => readonly CheckResult[]
  /** What accounts have used of their budgets of calls. */
  readonly budgets: () => readonly BudgetUse[]
  /** Those that take longer, and are made when a person asks. */
  readonly examine: () => Promise<readonly CheckResult[]>
  readonly checkPublicUrl: () => Promise<readonly CheckResult[]>
  readonly prove: HealthApi['prove']
  readonly isDraining: () => boolean
  readonly url: () => string
  readonly publicUrl: () => string | null
  readonly inboxUrl: () => string
  readonly sandbox: SandboxTraits | null
  readonly publicPort: () => number | null
  readonly clients: () => number
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

/** What the operator asks of the agent itself: how it is, what it does, its switches, its copy. */
export function createHouse(options: HouseOptions): { readonly house: HouseApi; readonly health: HealthApi } {
  const { backend, clock, version } = options
  const { store, bus } = backend
  const startedAt = clock.monotonic()

  async function checks(): Promise<readonly CheckResult[]> {
    return [...(await backend.checks()), ...options.checks(), await budget()]
  }

  async function budget(): Promise<CheckResult> {
    const uses = options.budgets()
    const addresses = new Map<string, string>()
    for (const account of new Set(uses.map(one => one.account))) {
      const known = account === '' ? null : await store.getAccount(account).catch(() => null)
      if (known !== null) addresses.set(account, known.address)
    }
    return checkBudgets(uses, clock.now(), account => addresses.get(account) ?? account)
  }

  function uptime(): number {
    return Math.floor((clock.monotonic() - startedAt) / 1000)
  }

  /** Of a store that is damaged the rest is to be told all the more. */
  async function countResources(): Promise<number | null> {
    try {
      return await store.countResources()
    } catch (error) {
      if (isUnreadable(error)) return null
      throw error
    }
  }

  const health: HealthApi = {
    async read(): Promise<Health> {
      const results = await checks()
      return {
        status: options.isDraining() ? 'draining' : worstStatus(results),
        version,
        instance: store.identity().instance,
        uptime_s: uptime(),
        checks: results,
      }
    },
    metrics: options.metrics,
    prove: options.prove,
  }

  const house: HouseApi = {
    sandbox: options.sandbox !== null,
    checks: async () => [...(await checks()), ...(await options.examine())],
    checkPublicUrl: options.checkPublicUrl,
    reportCalls: since =>
      reportCalls({ store, clock, budgets: options.budgets, pace: options.sandbox?.pace ?? 1 }, since),
    async features() {
      const switched = await store.listFeatures()
      const all = FEATURES.map(name => [name, switched[name] ?? true] as const)
      // Of single resources only what is off is worth a word.
      const off = Object.entries(switched).filter(([name, on]) => name.includes(':') && isFeature(name) && !on)
      return Object.fromEntries([...all, ...off])
    },
    async setFeature(name, on) {
      if (!isFeature(name)) {
        throw new EcError('EC_NOT_FOUND', 'there is no feature of this name', {
          hint: `the features are ${FEATURES.join(', ')}; \`webhooks:ID\` is of one resource`,
        })
      }
      await store.setFeature(name, on)
      bus.publish('changed', { what: 'feature', id: name })
    },
    async status() {
      const { instance, epoch } = store.identity()
      return {
        instance,
        version,
        epoch,
        uptime_s: uptime(),
        url: options.url(),
        public_url: options.publicUrl(),
        inbox: options.inboxUrl(),
        sandbox: options.sandbox !== null,
        public_port: options.publicPort(),
        clients: options.clients(),
        resources: await countResources(),
        jobs: await store.countJobs(),
        checks: await checks(),
      }
    },
    backup: file => store.backup(file),
    async restore(file) {
      const kept = await store.restore(file)
      bus.publish('restored', { epoch: store.identity().epoch })
      backend.queue.wake()
      return kept
    },
  }
  return { house, health }
}
