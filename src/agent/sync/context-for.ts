import type { CallCause } from '../../core/api-call.ts'
import type { AccountContext } from '../../providers/provider.ts'

/** What speaks for an account, for one purpose. `EC_ACCOUNT_SIGNED_OUT` when a person has to sign in again. */
export type ContextFor = (
  accountId: string,
  use: { readonly provider: string; readonly cause: CallCause; readonly signal: AbortSignal },
) => Promise<AccountContext>
