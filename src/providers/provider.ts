import type { Account } from '../core/account.ts'
import type { CheckResult } from '../core/check.ts'
import type { RawRequest } from '../core/notification.ts'
import type { Resource } from '../core/resource.ts'
import type { AccountContext, ProviderContext } from './port/context.ts'
import type { Reader } from './port/reader.ts'
import type { Receiver } from './port/receiver.ts'
import type { Stream } from './port/stream.ts'
import type { Subscriptions } from './port/subscriptions.ts'

/**
 * A service that `ec` speaks with. Every group but the name is optional; a missing group means that the service cannot
 * do it. Neither `receiver` nor `stream` = polling by construction.
 */
export interface Provider {
  /** The word in URLs, the CLI and the store: `github`. */
  readonly id: string
  readonly title: string
  /** Who signs its accounts in (`FAMILIES`); none = it has no accounts. */
  readonly family?: string
  readonly receiver?: Receiver
  readonly reader?: Reader
  readonly subscriptions?: Subscriptions
  readonly stream?: Stream
  /** Settings that a resource takes over from its account, as who may push to it. Pure. */
  settingsFrom?(account: Account, target: string): Readonly<Record<string, string>>
  /** What of an account could be watched. */
  discover?(ctx: AccountContext): Promise<readonly Discovery[]>
  /** Signs a request as the service does, for replay, with the first secret. `EC_SECRET_MISSING` when there is none. */
  sign?(request: RawRequest, secrets: readonly string[], resource: Resource, now: number): Promise<SignedRequest>
  /**
   * The same request as another notification, for replay: a key of its own, made of `uuid`, and all else as it was. Not
   * signed again. None = the key is made of the body, and only another body is another notification.
   */
  renew?(request: RawRequest, uuid: string): RawRequest
  checks?(ctx: ProviderContext): Promise<readonly CheckResult[]>
}

/** What signing changes of a request. */
export interface SignedRequest {
  /** To set; the others stay as they are. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the proof stands in the body. */
  readonly body?: Uint8Array
}

/** What could be watched. */
export interface Discovery {
  readonly provider: string
  /** As `Resource.target`. */
  readonly target: string
  readonly name: string
  /** The one that a person most likely means: the primary calendar, the mailbox. */
  readonly primary: boolean
  /** False = the provider will not tell of its changes, so it is polled. */
  readonly watchable: boolean
  /** What the person may do there, as the provider calls it. */
  readonly role: string | null
}

export type { AccountContext, ProviderContext } from './port/context.ts'
export type { Family } from './port/family.ts'
export type { Reader, ReadFrom, ReadPage } from './port/reader.ts'
export {
  HANDSHAKE_WINDOW_MS,
  type Challenge,
  type ChallengeRefusal,
  type ParsedNotification,
  type ParseResult,
  type Receiver,
  type RefusedItem,
  type Verdict,
  type VerifyContext,
} from './port/receiver.ts'
export type { SetupPlan, SetupState, SetupStep } from './port/setup.ts'
export type {
  ConsentAnswer,
  ConsentRequest,
  Grant,
  HeldConsent,
  OAuthClient,
  SignIn,
  SignInContext,
  Tokens,
} from './port/sign-in.ts'
export type { AcceptStreamed, Stream, StreamedItem } from './port/stream.ts'
export type { GotSubscription, Subscriptions, WantedSubscription } from './port/subscriptions.ts'
