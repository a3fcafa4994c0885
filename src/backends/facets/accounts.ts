import type { Account } from '../../core/account.ts'
import type { Page, PageQuery } from './pages.ts'

/** Who is signed in where. The tokens are credentials (`account:ID`). */
export interface AccountFacts {
  /** Keeps an account; one of the same user, family and address gets what is new and keeps its id. */
  putAccount(account: Account): Promise<Account>
  updateAccount(id: string, patch: AccountPatch): Promise<Account | null>
  /** Removes it with its tokens; its resources stay, without an account. */
  removeAccount(id: string): Promise<boolean>
  getAccount(id: string): Promise<Account | null>
  listAccounts(query: AccountQuery): Promise<Page<Account>>
}

export type AccountPatch = Partial<Pick<Account, 'scopes' | 'settings' | 'state' | 'reason' | 'grantedAt'>>

export interface AccountQuery extends PageQuery {
  readonly userId?: string
  readonly family?: string
}
