import type { Store } from '../../backends/store.ts'
import type { CallCause } from '../../core/api-call.ts'
import type { Clock } from '../../core/clock.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import { EcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { HttpDoor } from '../../core/http.ts'
import type { Log } from '../../core/log.ts'
import type { AccountContext, Family, SignInContext } from '../../providers/provider.ts'
import { guardEndpoint } from './guard-endpoint.ts'
import { createSignedFetch } from './signed-fetch.ts'
import { signedOutAlert } from './signed-out-alert.ts'
import { createTokenKeeper } from './token-keeper.ts'

export interface AccountsOptions {
  /** Tells this process from others on the same store. */
  readonly name: string
  readonly store: Pick<Store, 'getCredential' | 'putCredential' | 'getAccount' | 'updateAccount'>
  readonly loadFamily: (id: string) => Promise<Family>
  readonly network: Pick<HttpDoor, 'fetchFor'>
  readonly endpoints: Endpoints
  /** Origins beside the services' own and this machine that tokens may go to. */
  readonly allowEndpoints: readonly string[]
  readonly clock: Clock
  readonly log: Log
  /** Tells a person, once for each id. */
  readonly ring: (alert: EventInput & { readonly id: string }) => void
}

/** Whoever speaks for an account, and what for: it stands so in the ledger, and the rate budget is the provider's. */
export interface AccountUse {
  /** The provider whose resource it is about; the family's own id for what is about none. */
  readonly provider: string
  readonly cause: CallCause
  readonly signal: AbortSignal
}

export interface Accounts {
  /**
   * What a provider's code works with for an account. `EC_NOT_FOUND` when there is no such account; one that is signed
   * out is told by the first `fetch` (`EC_ACCOUNT_SIGNED_OUT`), before anything goes on the wire.
   */
  contextFor(accountId: string, use: AccountUse): Promise<AccountContext>
  /** For signing in, refreshing and revoking: metered, not signed in, and kept to the same hosts. */
  signInContext(family: Family, accountId: string, signal: AbortSignal): SignInContext
  /** Ends what is under way. */
  close(): void
}

/** The accounts stage: signs requests in, and sees to it that their tokens are good and go nowhere else. */
export function createAccounts(options: AccountsOptions): Accounts {
  const { store, loadFamily, network, endpoints, allowEndpoints, clock, log, ring } = options
  const closing = new AbortController()
  const keeper = createTokenKeeper({
    name: options.name,
    store,
    loadFamily,
    clock,
    log,
    // Whoever waits for a refresh may go away; the others still want it.
    signInContext: (family, accountId) => signInContext(family, accountId, closing.signal),
    onSignedOut: (account, family, error) => ring(signedOutAlert(account, family.title, error)),
  })

  function signInContext(family: Family, accountId: string, signal: AbortSignal): SignInContext {
    return {
      endpoints,
      clock,
      log,
      signal,
      fetchFor(operation) {
        const send = network.fetchFor({ provider: family.id, account: accountId, operation, cause: 'auth' })
        return async (input, init) => {
          guardEndpoint(
            new URL(input instanceof Request ? input.url : String(input)),
            family.tokenHosts,
            allowEndpoints,
          )
          return send(input, init)
        }
      },
    }
  }

  return {
    signInContext,
    async contextFor(accountId, { provider, cause, signal }) {
      const account = await store.getAccount(accountId)
      if (account === null) {
        throw new EcError('EC_NOT_FOUND', 'there is no such account', { hint: 'see `ec accounts list`' })
      }
      const { tokenHosts: hosts } = await loadFamily(account.family)
      return {
        account,
        endpoints,
        clock,
        log,
        signal,
        fetchFor(operation, fetchOptions) {
          const send = network.fetchFor({ provider, account: accountId, operation, cause }, fetchOptions)
          return createSignedFetch({ send, keeper, accountId, hosts, allowed: allowEndpoints, signal })
        },
      }
    },
    close: () => closing.abort(new EcError('EC_DRAINING', 'the agent is stopping')),
  }
}
