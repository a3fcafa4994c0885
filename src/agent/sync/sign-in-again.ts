import type { Account } from '../../core/account.ts'

/** The command that signs an account in anew; it needs nothing else. */
export function signInAgain(account: Pick<Account, 'family' | 'address'> | null): string {
  return account === null ? 'ec setup google' : `ec setup ${account.family} --account ${account.address}`
}
