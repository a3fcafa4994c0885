import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import { EcError } from '../../core/errors.ts'
import type { AccountContext, Family, Provider, SetupPlan, SetupState, SetupStep } from '../../providers/provider.ts'
import type { SetupStepState } from '../http/api.ts'
import type { Accounts } from './accounts.ts'
import { readCredential } from './credential.ts'
import { listAll } from '../../core/list-all.ts'
import { sharedSettings } from './shared-settings.ts'

export interface SetupOptions {
  readonly store: Store
  readonly accounts: Pick<Accounts, 'contextFor'>
  readonly loadFamily: (id: string) => Promise<Family>
  readonly loadProvider: (id: string) => Promise<Provider>
  /** Without a slash at its end; null when none is set. */
  readonly publicUrl: () => string | null
  /** Told when what an account was set up with has changed. */
  readonly onChanged: (account: Account) => void
  /** Told when a resource was changed. */
  readonly onResource: (id: string) => void
}

type Settings = Readonly<Record<string, string>>

export interface Setup {
  check(account: Account, given: Settings): Promise<readonly SetupStepState[]>
  do(account: Account, step: string, given: Settings): Promise<SetupStepState>
  undo(account: Account, step: string): Promise<SetupStepState>
}

/** Sets an account up at its service, a step at a time; what each found or made is kept with the account. */
export function createSetup(options: SetupOptions): Setup {
  const { store, accounts, loadFamily, publicUrl } = options

  return {
    async check(account, given) {
      const { ctx, plan, steps } = await open(account, given)
      const states: SetupStepState[] = []
      // One after the other: what the first lacks is why the next cannot be.
      for (const step of steps) states.push(await stateOf(step, ctx, plan))
      return states
    },
    async do(account, id, given) {
      const { ctx, plan, steps, clientId } = await open(account, given)
      const step = find(steps, id)
      const before = await stateOf(step, ctx, plan)
      if (before.result.state !== 'todo') return before
      const found = await step.do(ctx, plan)
      const { client_id: _, ...kept } = plan.settings
      const changed = await keep(account, { ...kept, ...found })
      return stateOf(step, ctx, planOf(changed, { client_id: clientId }))
    },
    async undo(account, id) {
      const { ctx, plan, steps, clientId } = await open(account, {})
      const step = find(steps, id)
      await refuseShared(account)
      const gone = (await step.undo?.(ctx, plan)) ?? []
      const kept = Object.entries(account.settings).filter(([name]) => !gone.includes(name))
      const changed = await keep(account, Object.fromEntries(kept))
      return stateOf(step, ctx, planOf(changed, { client_id: clientId }))
    },
  }

  async function open(account: Account, given: Settings) {
    const family = await loadFamily(account.family)
    const stop = new AbortController()
    const ctx = await accounts.contextFor(account.id, { provider: family.id, cause: 'setup', signal: stop.signal })
    const clientId = (await readCredential(store, account.id))?.client.id ?? ''
    const plan = planOf(account, { ...given, client_id: clientId })
    return { ctx, plan, clientId, steps: (family.setup ?? []).filter(step => step.applies(plan)) }
  }

  function planOf(account: Account, given: Settings): SetupPlan {
    const url = publicUrl()
    return {
      account,
      settings: { ...account.settings, ...given },
      publicUrl: url,
      webhookUrl: provider => (url === null ? null : `${url}/webhook/${provider}`),
    }
  }

  /** Accounts that share what it set up, and resources that take over from it, learn of it too. */
  async function keep(account: Account, settings: Settings): Promise<Account> {
    const changed = (await store.updateAccount(account.id, { settings })) ?? account
    await passOn(changed)
    for (const { id, settings: own } of await sharersOf(account)) {
      const other = await store.updateAccount(id, { settings: { ...own, ...sharedSettings(changed) } })
      if (other !== null) await passOn(other)
    }
    options.onChanged(changed)
    return changed
  }

  async function passOn(account: Account): Promise<void> {
    const resources = await listAll(page => store.listResources({ ...page, accountId: account.id }))
    for (const { id, provider, target, settings } of resources) {
      const { settingsFrom } = await options.loadProvider(provider)
      if (settingsFrom === undefined || target === null) continue
      await store.updateResource(id, { settings: { ...settings, ...settingsFrom(account, target) } })
      options.onResource(id)
    }
  }

  async function sharersOf({ id, family }: Account): Promise<readonly Account[]> {
    const others = await listAll(page => store.listAccounts({ ...page, family }))
    return others.filter(({ settings }) => settings['shared'] === id)
  }

  async function refuseShared(account: Account): Promise<void> {
    const sharing = await sharersOf(account)
    if (sharing.length === 0) return
    throw new EcError('EC_CONFLICT', `${sharing.length} other accounts use what this one has set up`, {
      hint: 'remove those first: see `ec accounts list`',
    })
  }
}

function find(steps: readonly SetupStep[], id: string): SetupStep {
  const step = steps.find(one => one.id === id)
  if (step !== undefined) return step
  throw new EcError('EC_NOT_FOUND', 'the setup of this account has no such step', {
    hint: `it has ${steps.map(one => one.id).join(', ') || 'none'}`,
  })
}

async function stateOf(step: SetupStep, ctx: AccountContext, plan: SetupPlan): Promise<SetupStepState> {
  return { id: step.id, title: step.title(plan), result: await check(step, ctx, plan) }
}

/** What only a person can mend, wherever it shows. */
const MANUAL: ReadonlySet<string> = new Set(['EC_API_DISABLED', 'EC_SCOPE_MISSING', 'EC_ORG_POLICY'])

async function check(step: SetupStep, ctx: AccountContext, plan: SetupPlan): Promise<SetupState> {
  try {
    return await step.check(ctx, plan)
  } catch (thrown) {
    if (!(thrown instanceof EcError) || !MANUAL.has(thrown.code)) throw thrown
    return { state: 'manual', why: thrown.message, next: thrown.hint }
  }
}
