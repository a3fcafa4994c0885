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
  /**
   * Stops what it watches, ends the consent at the service and forgets the tokens; its resources go with it. `revoked` is
   * false when the service could not be told, and the person has to end the consent there.
   */
  remove(id: string): Promise<{ readonly revoked: boolean }>
  /** Calendars and mailboxes, each with whether it is watched by now. Asks the service. */
  discover(id: string): Promise<readonly Discovered[]>
  /** How far setting up has come; changes nothing. */
  checkSetup(id: string, settings: Readonly<Record<string, string>>): Promise<readonly SetupStepState[]>
  /** Does one step, unless there is nothing to be done; what is in the way is thrown. */
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
  /** As it was begun: what was asked for has to have been allowed. */
  readonly providers: readonly string[]
  readonly setup: boolean
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

/** What an account could watch, and how far it is watched. */
export interface Discovered extends Discovery {
  /** The resource that it is watched by with this account. */
  readonly resourceId: string | null
  /** Address of another account of the same user by which the same is watched. */
  readonly through: string | null
}
