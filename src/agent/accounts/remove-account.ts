import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Family } from '../../providers/provider.ts'
import type { Accounts } from './accounts.ts'
import { readCredential } from './credential.ts'
import { listAll } from '../../core/list-all.ts'

export interface RemoveOptions {
  readonly store: Store
  readonly accounts: Pick<Accounts, 'signInContext'>
  /** Stops what the service delivers by for a resource; never fails. */
  readonly beforeRemoval: (resourceId: string) => Promise<void>
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
    await options.beforeRemoval(resource.id)
    await store.removeResource(resource.id)
    options.onResource(resource.id)
  }
  const revoked = await revoke(options, family, account)
  await store.removeAccount(account.id)
  return { revoked }
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
