import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import { mergeChecks, type CheckResult } from '../../core/check.ts'
import { toEcError } from '../../core/errors.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { Log } from '../../core/log.ts'
import { isUnreadable } from '../../core/is-unreadable.ts'
import type { Family } from '../../providers/provider.ts'
import type { Accounts } from './accounts.ts'
import { listAll } from '../../core/list-all.ts'

export interface CheckAccountsOptions {
  readonly store: Pick<Store, 'listAccounts'>
  readonly accounts: Pick<Accounts, 'contextFor'>
  readonly loadFamily: (id: string) => Promise<Family>
  readonly log: Log
}

/** For all that is asked of the services: whoever asks for checks waits for it. */
const DEADLINE_MS = 6_000
/** Of more, the first so many are looked at. */
const MAX_ACCOUNTS = 20

/** What the services say of the accounts, the worst word on each matter. Nothing while the store cannot be read: that is told elsewhere. */
export async function checkAccounts(options: CheckAccountsOptions): Promise<readonly CheckResult[]> {
  const found = await listOrNone(options)
  const limited = joinSignals([], DEADLINE_MS)
  try {
    const each = found.slice(0, MAX_ACCOUNTS).map(account => checkOne(options, account, limited.signal))
    return mergeChecks((await Promise.all(each)).flat())
  } finally {
    limited.release()
  }
}

async function checkOne(
  { accounts, loadFamily, log }: CheckAccountsOptions,
  account: Account,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  try {
    const family = await loadFamily(account.family)
    const ctx = await accounts.contextFor(account.id, { provider: family.id, cause: 'setup', signal })
    return (await family.checks?.(ctx)) ?? []
  } catch (error) {
    log.warn('an account could not be checked', { account: account.id, code: toEcError(error).code })
    return []
  }
}

async function listOrNone({ store }: CheckAccountsOptions): Promise<readonly Account[]> {
  try {
    return await listAll(page => store.listAccounts(page))
  } catch (error) {
    if (isUnreadable(error)) return []
    throw error
  }
}
