import type { Endpoints } from '../../core/endpoints.ts'
import type { ProviderContext } from './context.ts'

/** OAuth with PKCE, as a native app does it (RFC 8252). */
export interface SignIn {
  /** Least rights for these providers; with `setup` also what setting up needs. */
  scopes(providers: readonly string[], setup: boolean): readonly string[]
  /** The page to open in a browser. Pure. */
  authorizeUrl(endpoints: Endpoints, request: ConsentRequest): string
  /** `EC_CONSENT_REFUSED` when the code is not taken, `EC_SCOPE_MISSING` when less was allowed than was asked for. */
  exchange(ctx: SignInContext, client: OAuthClient, answer: ConsentAnswer): Promise<Grant>
  /** `EC_ACCOUNT_SIGNED_OUT` when the consent has ended. */
  refresh(ctx: SignInContext, client: OAuthClient, held: HeldConsent): Promise<Tokens>
  /** Idempotent. */
  revoke(ctx: SignInContext, token: string): Promise<void>
}

export interface SignInContext extends Omit<ProviderContext, 'fetch'> {
  readonly endpoints: Endpoints
  /** Metered, not signed in. */
  fetchFor(operation: string): typeof fetch
}

export interface OAuthClient {
  readonly id: string
  readonly secret: string | null
}

export interface ConsentRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string
  /** S256 of the verifier (RFC 7636). */
  readonly challenge: string
  readonly loginHint: string | null
}

export interface ConsentAnswer {
  readonly code: string
  readonly verifier: string
  /** What was asked for. */
  readonly scopes: readonly string[]
  readonly redirectUri: string
}

/** A consent that is still thought good. */
export interface HeldConsent {
  readonly refreshToken: string
  /** When it was given, ms since 1970: some end at a certain age. */
  readonly grantedAt: number
}

export interface Tokens {
  readonly accessToken: string
  /** ms since 1970. */
  readonly expiresAt: number
  /** Null = the one so far stays good. */
  readonly refreshToken: string | null
}

export interface Grant extends Tokens {
  readonly refreshToken: string
  readonly address: string
  readonly scopes: readonly string[]
}
