import { EcError } from '../../core/errors.ts'
import { peekLine } from '../../core/peek.ts'
import { parseRetryAfter, senderNow } from '../../core/retry.ts'

/** What an OAuth endpoint says of a refusal (RFC 6749, 5.2). It carries no token. */
export interface OAuthFault {
  readonly status: number
  /** Its own word, as `invalid_grant`; '' when it gave none. */
  readonly error: string
  readonly details: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | null
}

export async function readOAuthFault(response: Response, now: number): Promise<OAuthFault> {
  const body: unknown = await response.json().catch(() => null)
  const error = peekLine(body, 'error')
  const description = peekLine(body, 'error_description')
  const { status } = response
  return {
    status,
    error,
    details: { status, ...(error === '' ? {} : { error }), ...(description === '' ? {} : { description }) },
    retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), senderNow(response.headers, now)),
  }
}

/** The error for whatever the sign-in cannot put right by itself. */
export function oauthError({ status, error, details, retryAfterMs }: OAuthFault): EcError {
  const after = retryAfterMs === null ? {} : { retryAfterMs }
  if (status === 429)
    return new EcError('EC_RATE_LIMITED', 'Google asks for patience at the sign-in', { details, ...after })
  if (status >= 500) {
    return new EcError('EC_PROVIDER', `Google's sign-in answered ${status}`, {
      details,
      hint: 'nothing: it is tried again by itself',
      ...after,
    })
  }
  switch (error) {
    case 'invalid_client':
    case 'unauthorized_client':
    case 'deleted_client':
      return new EcError('EC_CONFIG_INVALID', 'Google does not know the OAuth client, or its secret is another one', {
        details,
        hint: 'compare it with https://console.cloud.google.com/auth/clients, then run `ec setup google` again',
      })
    case 'redirect_uri_mismatch':
      return new EcError('EC_CONFIG_INVALID', 'the OAuth client is not one of a desktop app', {
        details,
        hint: 'make one of the type "Desktop app" at https://console.cloud.google.com/auth/clients',
      })
    case 'admin_policy_enforced':
    case 'org_internal':
      return new EcError('EC_ORG_POLICY', 'the organisation of the account does not allow this app', { details })
    default:
      return new EcError('EC_PROVIDER', `Google's sign-in refused: ${error || status}`, { details })
  }
}
