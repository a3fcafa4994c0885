import type { Account } from '../../core/account.ts'
import type { Clock } from '../../core/clock.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import type { Log } from '../../core/log.ts'

/** What a provider's code works with; it reads no clock, environment or network of its own. */
export interface ProviderContext {
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

/** What code works with that speaks for a signed-in account. */
export interface AccountContext extends Omit<ProviderContext, 'fetch'> {
  readonly account: Account
  readonly endpoints: Endpoints
  /**
   * A `fetch` that is signed in as the account and stands in the ledger under this operation, as the provider's reference
   * calls it (`events.list`). Retries are its own affair; SDKs are given it with theirs switched off. It rejects with
   * `EC_ACCOUNT_SIGNED_OUT` when a person has to sign in again. `deadlineMs` is for one attempt, where a long poll
   * is answered later than usual.
   */
  fetchFor(operation: string, options?: { readonly deadlineMs?: number }): typeof fetch
}
