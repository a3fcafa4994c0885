import type { AccountState } from '../core/account.ts'
import type { PageOptions, PageReply } from './rows.ts'
import type { Transport } from './transport.ts'

/** Who is signed in where, for the operator. The browser's part of a sign-in is the caller's. */
export interface AccountsClient {
  readonly accounts: {
    list(filter?: AccountFilter): Promise<PageReply<'accounts', AccountRow>>
    get(id: string): Promise<AccountRow>
    /** The page to open; it leads back to `redirect_uri` with a code. */
    begin(input: SignInBeginning): Promise<SignInBegun>
    /** Takes the code; the same person again is the same account. */
    finish(input: SignInEnd): Promise<AccountRow>
    /** `revoked` false: the consent has to be ended at the service, by the person. */
    remove(id: string): Promise<{ readonly id: string; readonly revoked: boolean }>
    /** What could be watched, as the service says now. */
    discover(id: string): Promise<{ readonly found: readonly DiscoveryRow[] }>
    readonly setup: {
      /** How far it has come; changes nothing. */
      check(id: string, settings?: SetupSettings): Promise<{ readonly steps: readonly SetupStepRow[] }>
      do(id: string, step: string, settings?: SetupSettings): Promise<SetupStepRow>
      undo(id: string, step: string): Promise<SetupStepRow>
    }
  }
}

export interface AccountRow {
  readonly id: string
  readonly family: string
  readonly user: string
  readonly address: string
  readonly scopes: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  readonly state: AccountState
  /** Why a person has to act: a code. */
  readonly reason: string | null
  readonly created_at: string
  /** The last consent. */
  readonly granted_at: string
}

export interface DiscoveryRow {
  readonly provider: string
  readonly target: string
  readonly name: string
  readonly primary: boolean
  /** False = it is polled. */
  readonly watchable: boolean
  readonly role: string | null
  /** The resource that it is watched by. */
  readonly resource: string | null
  /** Address of another account of the user's by which the same is watched: it is read once. */
  readonly through: string | null
}

export interface SetupStepRow {
  readonly id: string
  readonly title: string
  /** `manual`: only a person can, as `next` says. */
  readonly state: 'done' | 'todo' | 'manual'
  readonly why: string | null
  readonly next: string | null
}

export interface AccountFilter extends PageOptions {
  readonly user?: string | undefined
  readonly family?: string | undefined
}

export type SetupSettings = Readonly<Record<string, string>>

interface SignInCommon {
  readonly family: string
  readonly providers: readonly string[]
  /** Also what setting up needs, as making topics. */
  readonly setup?: boolean
  /** None = the configured one. */
  readonly client_id?: string | null
  readonly redirect_uri: string
}

export interface SignInBeginning extends SignInCommon {
  readonly state: string
  /** S256 of the verifier (RFC 7636), in base64url. */
  readonly challenge: string
  readonly login_hint?: string | null
}

export interface SignInBegun {
  readonly url: string
  readonly client_id: string
  readonly scopes: readonly string[]
}

export interface SignInEnd extends SignInCommon {
  readonly user: string
  readonly client_secret?: string | null
  readonly code: string
  readonly verifier: string
}

/** The agent asks the service meanwhile, several times. */
const SERVICE_TIMEOUT_MS = 120_000

export function createAccountsClient({ call }: Transport): AccountsClient {
  const timeoutMs = SERVICE_TIMEOUT_MS
  return {
    accounts: {
      list: filter => call({ method: 'GET', path: '/api/accounts', query: { ...filter } }),
      get: id => call({ method: 'GET', path: path(id) }),
      begin: input => call({ method: 'POST', path: '/api/accounts/begin', body: input }),
      finish: input => call({ method: 'POST', path: '/api/accounts/finish', body: input, timeoutMs }),
      remove: id => call({ method: 'DELETE', path: path(id), timeoutMs }),
      discover: id => call({ method: 'GET', path: path(id, 'discover'), timeoutMs }),
      setup: {
        check: (id, settings = {}) => call({ method: 'POST', path: path(id, 'setup'), body: { settings }, timeoutMs }),
        do: (id, step, settings = {}) =>
          call({ method: 'POST', path: path(id, 'setup', step), body: { settings }, timeoutMs }),
        undo: (id, step) => call({ method: 'DELETE', path: path(id, 'setup', step), timeoutMs }),
      },
    },
  }
}

function path(id: string, ...rest: readonly string[]): string {
  return ['/api/accounts', ...[id, ...rest].map(encodeURIComponent)].join('/')
}
