import type { ErrorCode } from './error-codes.ts'

/** `action_required`: nothing is asked of the provider any more until a person has done something; `reason` says what. */
export const ACCOUNT_STATES = ['ok', 'action_required'] as const
export type AccountState = (typeof ACCOUNT_STATES)[number]

/**
 * One signed-in identity at a service that may offer several providers: Google's calendars and mail share a sign-in.
 * Instants are ms since 1970. Its tokens are no part of it: they stay sealed.
 */
export interface Account {
  /** A UUID. */
  readonly id: string
  /** The word for who signs it in: `google`. */
  readonly family: string
  /** The owner. */
  readonly userId: string
  /** As the service knows the person: an e-mail address. One account a user, family and address. */
  readonly address: string
  /** What the person allowed. */
  readonly scopes: readonly string[]
  /** What setting up found or made for it, as the names of a topic and a subscription. */
  readonly settings: Readonly<Record<string, string>>
  readonly state: AccountState
  readonly reason: ErrorCode | null
  readonly createdAt: number
  /** The last consent. */
  readonly grantedAt: number
}

/** The name under which its tokens are sealed in the store. */
export function accountCredential(id: string): string {
  return `account:${id}`
}
