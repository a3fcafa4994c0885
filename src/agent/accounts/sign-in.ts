import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Ids } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Family, Grant, OAuthClient } from '../../providers/provider.ts'
import type { FinishSignIn } from '../http/api.ts'
import type { Accounts } from './accounts.ts'
import { readCredential, replaceCredential } from './credential.ts'
import { listAll } from '../../core/list-all.ts'
import { sharedSettings } from './shared-settings.ts'

export interface SignInOptions {
  readonly store: Store
  readonly accounts: Pick<Accounts, 'signInContext'>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** Takes the code that the browser came back with, and keeps what it gives. */
export async function signIn(
  options: SignInOptions,
  family: Family,
  client: OAuthClient,
  input: FinishSignIn,
): Promise<Account> {
  const { store, accounts, clock, ids, log } = options
  const { userId, code, verifier, redirectUri } = input
  const stop = new AbortController()
  const ctx = accounts.signInContext(family, '', stop.signal)
  const scopes = family.signIn.scopes(input.providers, input.setup)
  const grant = await family.signIn.exchange(ctx, client, { code, verifier, redirectUri, scopes })

  const all = await listAll(page => store.listAccounts({ ...page, family: family.id }))
  const known = all.find(one => one.userId === userId && one.address === grant.address)
  const id = known?.id ?? ids.uuid()
  // Before the account, so that whoever finds it signed in finds the tokens too.
  await keepTokens(store, id, client, grant)
  const now = clock.now()
  const account = await store.putAccount({
    id,
    family: family.id,
    userId,
    address: grant.address,
    scopes: grant.scopes,
    settings: known?.settings ?? (await inherit(store, all, client)),
    state: 'ok',
    reason: null,
    createdAt: now,
    grantedAt: now,
  })
  // Two sign-ins of one person may have raced; the tokens are the account's that is there.
  if (account.id !== id) await keepTokens(store, account.id, client, grant)
  log.info('an account signed in', { account: account.id, family: family.id, again: known !== undefined })
  return account
}

/** The person has just consented: whatever is there is older, or was refreshed from what is older. */
async function keepTokens(store: Store, id: string, client: OAuthClient, grant: Grant): Promise<void> {
  const { accessToken, expiresAt, refreshToken } = grant
  const next = { client, tokens: { accessToken, expiresAt, refreshToken } }
  for (let turn = 1; turn <= MAX_TURNS; turn++) {
    if ((await replaceCredential(store, id, next, await readCredential(store, id))) !== null) return
  }
  throw new EcError('EC_CONFLICT', 'the tokens of the account change faster than they can be kept', {
    hint: 'try again',
  })
}

const MAX_TURNS = 5

/** What another account of the same client has set up serves this one too: a topic takes the mail of all. */
async function inherit(
  store: Store,
  accounts: readonly Account[],
  client: OAuthClient,
): Promise<Readonly<Record<string, string>>> {
  for (const account of accounts) {
    const { topic, shared } = account.settings
    if (topic === undefined || shared !== undefined) continue
    if ((await readCredential(store, account.id))?.client.id === client.id) return sharedSettings(account)
  }
  return {}
}
