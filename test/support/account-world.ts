import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { createAccountApi } from '#ec/agent/accounts/account-api.js'
import { createAccounts, type Accounts } from '#ec/agent/accounts/accounts.js'
import type { AccountApi } from '#ec/agent/http/api.js'
import type { Store } from '#ec/backends/store.js'
import type { Account } from '#ec/core/account.js'
import type { ApiCall } from '#ec/core/api-call.js'
import { createSystemClock, type Clock } from '#ec/core/clock.js'
import type { Endpoints } from '#ec/core/endpoints.js'
import type { EventInput } from '#ec/core/event-schema.js'
import { createHttpDoor } from '#ec/core/http.js'
import { createIds } from '#ec/core/ids.js'
import { loadFamily, loadProvider } from '#ec/providers/index.js'
import type { AccountContext } from '#ec/providers/provider.js'
import type { SandboxOptions } from '#ec/sandbox/start-sandbox.js'
import { openTestBackend } from './test-backend.js'
import { openSandbox, type TestSandbox } from './sandbox.js'
import { createTestLog } from './test-log.js'

export const CLIENT_ID = '100000000001-ec.apps.googleusercontent.com'
const REDIRECT = 'http://127.0.0.1:53682/'

export interface AccountWorld {
  readonly sandbox: TestSandbox
  readonly store: Store
  readonly accounts: Accounts
  readonly api: AccountApi
  /** What went over the wire. */
  readonly calls: readonly ApiCall[]
  readonly alerts: readonly (EventInput & { readonly id: string })[]
  /** Resources whose deliveries were stopped. */
  readonly stopped: readonly string[]
  readonly log: ReturnType<typeof createTestLog>
  /** Another process on the same store. */
  again(): Accounts
  signIn(options?: SignInOptions): Promise<Account>
  context(account: Account, signal?: AbortSignal): Promise<AccountContext>
  /** One request to Google as the account; its status. */
  profile(account: Account): Promise<number>
}

interface SignInOptions {
  readonly user?: string
  readonly address?: string
  readonly providers?: readonly string[]
  readonly setup?: boolean
  /** What the person left ticked. */
  readonly allow?: (scopes: readonly string[]) => readonly string[]
}

interface WorldOptions extends Partial<SandboxOptions> {
  /** Of the accounts stage and the store; the sandbox's own unless told otherwise. */
  readonly ownClock?: Clock
  readonly publicUrl?: string | null
  readonly allowEndpoints?: readonly string[]
  readonly endpoints?: Partial<Endpoints>
}

/** The accounts stage on a real store, with the sandbox as Google; both go by one clock that stands still. */
export async function openAccountWorld(options: WorldOptions = {}): Promise<AccountWorld> {
  const sandbox = await openSandbox(options)
  const { urls } = sandbox
  const clock = options.ownClock ?? sandbox.clock
  const { store } = await openTestBackend(clock)
  const log = createTestLog()
  const calls: ApiCall[] = []
  const alerts: (EventInput & { readonly id: string })[] = []
  const network = createHttpDoor({
    clock: createSystemClock(),
    random: () => 0.5,
    record: call => void calls.push(call),
    retry: { maxAttempts: 1, baseMs: 1, capMs: 1 },
    budgetOf: () => null,
  })
  onTestFinished(() => network.close())
  const endpoints: Endpoints = {
    googleBaseUrl: urls.google,
    googleTokenUrl: urls.token,
    googleAuthUrl: urls.authorize,
    googleCertsUrl: urls.certs,
    pubsubBaseUrl: urls.pubsub,
    ...options.endpoints,
  }
  const ring = (alert: EventInput & { readonly id: string }): void => void alerts.push(alert)
  const { allowEndpoints = [], publicUrl = null } = options
  const again = (): Accounts => {
    const made = createAccounts({
      name: randomUUID(),
      store,
      loadFamily,
      network,
      endpoints,
      allowEndpoints,
      clock,
      log,
      ring,
    })
    onTestFinished(() => made.close())
    return made
  }
  const accounts = again()
  const stopped: string[] = []
  const api = createAccountApi({
    store,
    accounts,
    loadFamily,
    loadProvider,
    endpoints,
    client: () => ({ id: CLIENT_ID, secret: 'the client secret' }),
    publicUrl: () => publicUrl,
    clock,
    ids: createIds(clock, randomBytes),
    log,
    beforeRemoval: async id => void stopped.push(id),
    onChanged: () => {},
    onResource: () => {},
  })

  async function signIn(input: SignInOptions = {}): Promise<Account> {
    const { user = 'ana', address = null, providers = ['google-calendar', 'gmail'], setup = false, allow } = input
    const verifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const common = { family: 'google', providers, setup, redirectUri: REDIRECT }
    const begun = await api.begin({ ...common, clientId: null, state: 's', challenge, loginHint: address })
    const page = new URL(begun.url)
    if (allow !== undefined) page.searchParams.set('scope', allow(begun.scopes).join(' '))
    const code = await browse(page)
    return api.finish({ ...common, userId: user, clientId: null, clientSecret: null, code, verifier })
  }

  async function context(account: Account, signal = new AbortController().signal): Promise<AccountContext> {
    return accounts.contextFor(account.id, { provider: 'gmail', cause: 'polling', signal })
  }

  return {
    sandbox,
    store,
    accounts,
    api,
    calls,
    alerts,
    stopped,
    log,
    again,
    signIn,
    context,
    async profile(account) {
      const ctx = await context(account)
      const response = await ctx.fetchFor('getProfile')(`${urls.google}/gmail/v1/users/me/profile`)
      await response.body?.cancel()
      return response.status
    },
  }
}

/** A browser whose person consents: the code that it comes back with. */
export async function browse(page: URL): Promise<string> {
  const response = await fetch(page, { redirect: 'manual' })
  const back = new URL(response.headers.get('location') ?? '', page)
  const code = back.searchParams.get('code')
  if (code === null) throw new Error(back.searchParams.get('error') ?? 'nothing came back')
  return code
}
