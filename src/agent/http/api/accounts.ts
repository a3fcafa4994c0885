import type { AccountQuery, Page } from '../../../backends/store.ts'
import type { Account } from '../../../core/account.ts'
import type { Discovery, SetupState } from '../../../providers/provider.ts'

/** Who is signed in where. The browser's part of a sign-in is the caller's: it comes here with the code that it got. */
export interface AccountApi {
  list(query: AccountQuery): Promise<Page<Account>>
  get(id: string): Promise<Account>
  /**
   * The address of the consent page, and the client that it is for. `EC_CONFIG_INVALID` without a client: none is configured
   * and none was given.
   */
  begin(
    input: BeginSignIn,
  ): Promise<{ readonly url: string; readonly clientId: string; readonly scopes: readonly string[] }>
  /** Takes the code; the same address again is the same account with its new consent. */
  finish(input: FinishSignIn): Promise<Account>
  /** Ends the consent at the service, stops what it watches and forgets the tokens. Its resources go unless `keep`. */
  remove(id: string): Promise<void>
  /** Calendars and mailboxes, each with whether it is watched by now. Asks the service. */
  discover(id: string): Promise<readonly (Discovery & { readonly resourceId: string | null })[]>
  /** How far setting up has come; changes nothing. */
  checkSetup(id: string, settings: Readonly<Record<string, string>>): Promise<readonly SetupStepState[]>
  /** Does the next step that is to be done, or the named one. */
  doSetup(id: string, step: string, settings: Readonly<Record<string, string>>): Promise<SetupStepState>
  undoSetup(id: string, step: string): Promise<SetupStepState>
}

export interface BeginSignIn {
  readonly family: string
  readonly providers: readonly string[]
  /** Also what setting up needs, as making topics. */
  readonly setup: boolean
  readonly clientId: string | null
  readonly redirectUri: string
  readonly state: string
  readonly challenge: string
  readonly loginHint: string | null
}

export interface FinishSignIn {
  readonly family: string
  readonly userId: string
  readonly clientId: string | null
  readonly clientSecret: string | null
  readonly code: string
  readonly verifier: string
  readonly redirectUri: string
}

export interface SetupStepState {
  readonly id: string
  readonly title: string
  readonly result: SetupState
}
