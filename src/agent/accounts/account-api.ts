import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import type { Clock } from '../../core/clock.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import { EcError } from '../../core/errors.ts'
import type { Ids } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Discovery, Family, OAuthClient, Provider } from '../../providers/provider.ts'
import type { AccountApi } from '../http/api.ts'
import type { Accounts } from './accounts.ts'
import { readCredential } from './credential.ts'
import { listAll } from '../../core/list-all.ts'
import { chooseClient } from './oauth-client.ts'
import { removeAccount } from './remove-account.ts'
import { createSetup } from './setup.ts'
import { signIn } from './sign-in.ts'

export interface AccountApiOptions {
  readonly store: Store
  readonly accounts: Accounts
  readonly loadFamily: (id: string) => Promise<Family>
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly endpoints: Endpoints
  /** Of the configuration; null = each sign-in brings its own. */
  readonly client: (family: string) => OAuthClient | null
  readonly publicUrl: () => string | null
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Stops what the service delivers by for a resource; never fails. */
  readonly beforeRemoval: (resourceId: string) => Promise<void>
  /** Told when an account came, went, or was set up otherwise. */
  readonly onChanged: () => void
  /** Told when a resource was changed or removed, or may be read again. */
  readonly onResource: (id: string) => void
}

export function createAccountApi(options: AccountApiOptions): AccountApi {
  const { store, accounts, loadFamily, loadProvider, endpoints, onChanged } = options
  const setup = createSetup(options)

  return {
    list: query => store.listAccounts(query),
    get,
    async begin(input) {
      const family = await loadFamily(input.family)
      checkProviders(family, input.providers)
      const known = await clientsOf(family.id, input.loginHint)
      const client = chooseClient({ id: input.clientId, secret: null }, options.client(family.id), known)
      const scopes = family.signIn.scopes(input.providers, input.setup)
      const { redirectUri, state, challenge, loginHint } = input
      const request = { clientId: client.id, redirectUri, scopes, state, challenge, loginHint }
      return { url: family.signIn.authorizeUrl(endpoints, request), clientId: client.id, scopes }
    },
    async finish(input) {
      const family = await loadFamily(input.family)
      checkProviders(family, input.providers)
      const known = await clientsOf(family.id, null)
      const client = chooseClient({ id: input.clientId, secret: input.clientSecret }, options.client(family.id), known)
      const account = await signIn(options, family, client, input)
      onChanged()
      // What waited for the person goes on.
      const waiting = await listAll(page => store.listResources({ ...page, accountId: account.id }))
      for (const resource of waiting) options.onResource(resource.id)
      return account
    },
    async remove(id) {
      const account = await get(id)
      const done = await removeAccount(options, await loadFamily(account.family), account)
      onChanged()
      return done
    },
    async discover(id) {
      const account = await get(id)
      const { providers } = await loadFamily(account.family)
      const found: Discovery[] = []
      const refusals: EcError[] = []
      for (const provider of providers) {
        const one = await discoverOne(account, provider)
        if (one instanceof EcError) refusals.push(one)
        else found.push(...one)
      }
      // Where one API is off, what the others have can be chosen still.
      const [refusal] = refusals
      if (refusal !== undefined && found.length === 0) throw refusal
      const resources = await listAll(page => store.listResources({ ...page, accountId: id }))
      return Promise.all(
        found.map(async one => {
          const known = resources.find(({ provider, target }) => provider === one.provider && target === one.target)
          return { ...one, resourceId: known?.id ?? null, through: await throughAnother(account, one) }
        }),
      )
    },
    checkSetup: async (id, settings) => setup.check(await get(id), settings),
    doSetup: async (id, step, settings) => setup.do(await get(id), step, settings),
    undoSetup: async (id, step) => setup.undo(await get(id), step),
  }

  async function get(id: string): Promise<Account> {
    const account = await store.getAccount(id)
    if (account !== null) return account
    throw new EcError('EC_NOT_FOUND', 'there is no such account', { hint: 'see `ec accounts list`' })
  }

  /** By which accounts signed in, that of the address first. */
  async function clientsOf(family: string, address: string | null): Promise<readonly OAuthClient[]> {
    const all = await listAll(page => store.listAccounts({ ...page, family }))
    const own = all.filter(account => account.address === address)
    const held = await Promise.all([...own, ...all].map(account => readCredential(store, account.id)))
    return held.flatMap(one => (one === null ? [] : [one.client]))
  }

  /** A calendar that is shared is seen by several accounts, and read by one. */
  async function throughAnother({ id, userId }: Account, { provider, target }: Discovery): Promise<string | null> {
    const { rows } = await store.listResources({ userId, provider, target, limit: 2, after: '0' })
    const other = rows.find(({ accountId }) => accountId !== null && accountId !== id)
    const account = typeof other?.accountId === 'string' ? await store.getAccount(other.accountId) : null
    return account?.address ?? null
  }

  /** What the person did not allow is nothing that he could choose. */
  async function discoverOne({ id }: Account, provider: string): Promise<readonly Discovery[] | EcError> {
    const { discover } = await loadProvider(provider)
    if (discover === undefined) return []
    const ctx = await accounts.contextFor(id, { provider, cause: 'setup', signal: new AbortController().signal })
    try {
      return await discover(ctx)
    } catch (error) {
      if (!(error instanceof EcError)) throw error
      if (error.code === 'EC_SCOPE_MISSING') return []
      if (error.code === 'EC_API_DISABLED') return error
      throw error
    }
  }
}

function checkProviders(family: Family, providers: readonly string[]): void {
  const unknown = providers.find(one => !family.providers.includes(one))
  if (unknown === undefined && providers.length > 0) return
  throw new EcError('EC_FIELD_INVALID', `${family.title} signs in for ${family.providers.join(' and ')}`, {
    hint: 'name at least one of them',
  })
}
