import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import type { Clock } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Resource } from '../../core/resource.ts'
import type { Family, Provider } from '../../providers/provider.ts'
import type { Accounts } from './accounts.ts'
import { readCredential } from './credential.ts'
import { listAll } from './list-all.ts'

export interface RemoveOptions {
  readonly store: Store
  readonly accounts: Pick<Accounts, 'contextFor' | 'signInContext'>
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly clock: Clock
  readonly log: Log
  readonly onResource: (id: string) => void
}

/**
 * Takes an account away: first what delivers to us, since nobody else could stop it later, then the consent, then what is
 * here. What the service does not do any more is no reason to keep the account; whether the consent ended is told.
 */
export async function removeAccount(
  options: RemoveOptions,
  family: Family,
  account: Account,
): Promise<{ readonly revoked: boolean }> {
  const { store } = options
  const resources = await listAll(page => store.listResources({ ...page, accountId: account.id }))
  for (const resource of resources) {
    await stopWatching(options, account, resource)
    await store.removeResource(resource.id)
    options.onResource(resource.id)
  }
  const revoked = await revoke(options, family, account)
  await store.removeAccount(account.id)
  return { revoked }
}

async function stopWatching(options: RemoveOptions, account: Account, resource: Resource): Promise<void> {
  const { store, accounts, clock, log } = options
  const { subscriptions } = await options.loadProvider(resource.provider)
  if (subscriptions === undefined || account.state !== 'ok') return
  const rows = await listAll(page => store.listSubscriptions({ ...page, resourceId: resource.id }))
  const live = rows.filter(({ state }) => state !== 'ended')
  if (live.length === 0) return
  const use = { provider: resource.provider, cause: 'renew', signal: new AbortController().signal } as const
  const ctx = await accounts.contextFor(account.id, use)
  for (const { id, remoteId } of live) {
    try {
      await subscriptions.stop(ctx, resource, { id, remoteId })
      await store.updateSubscription(id, { state: 'ended', endedAt: clock.now() })
    } catch (error) {
      // It ends by itself within days, and what it brings until then finds no resource.
      log.warn('a subscription could not be stopped', { subscription: id, code: toEcError(error).code })
    }
  }
}

/** The service ends all that a person allowed a client: not while the same person is signed in here for another user. */
async function revoke(options: RemoveOptions, family: Family, account: Account): Promise<boolean> {
  const { store, accounts, log } = options
  const held = await readCredential(store, account.id)
  if (held === null) return false
  const others = await listAll(page => store.listAccounts({ ...page, family: family.id }))
  if (others.some(one => one.id !== account.id && one.address === account.address)) return true
  try {
    const ctx = accounts.signInContext(family, account.id, new AbortController().signal)
    await family.signIn.revoke(ctx, held.tokens.refreshToken)
    return true
  } catch (error) {
    log.warn('a consent could not be ended at the service', { account: account.id, code: toEcError(error).code })
    return false
  }
}
