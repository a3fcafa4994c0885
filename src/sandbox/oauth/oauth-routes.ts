import type { Clock } from '../../core/clock.ts'
import { isLoopback } from '../../core/judge-endpoints.ts'
import { peekString, type JsonRecord } from '../../core/peek.ts'
import { ApiError } from '../http/api-error.ts'
import { json, routeMaker, type Route, type WireReply, type WireRequest } from '../http/wire.ts'
import type { Manners } from '../manners.ts'
import { isVerified, type Codes, type Consent } from './codes.ts'
import type { Grants } from './grants.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface OAuthParts {
  readonly clock: Clock
  readonly manners: () => Manners
  readonly codes: Codes
  readonly grants: Grants
  readonly keys: SigningKeys
  /** Who is signed in when nobody is named. */
  readonly firstAccount: () => string
  readonly hasAccount: (email: string) => boolean
}

/** Google's sign-in, its tokens and the keys that it signs with. */
export function oauthRoutes(parts: OAuthParts): readonly Route[] {
  const { keys, grants } = parts
  const route = routeMaker('oauth', '', 'oauth')
  const userinfo = (request: WireRequest): WireReply => {
    const { account: email } = grants.require(request.headers['authorization'])
    return json({ sub: subjectOf(email), email, email_verified: true, name: nameOf(email) })
  }
  const cached = { 'cache-control': 'public, max-age=3600, must-revalidate, no-transform' }
  return [
    route('GET', '/o/oauth2/v2/auth', 'authorize', request => authorize(parts, request)),
    route('POST', '/token', 'token', async request =>
      json(await exchange(parts, request), { 'cache-control': 'no-store' }),
    ),
    route('POST', '/revoke', 'revoke', ({ query, body }) => {
      const token = query.get('token') ?? peekString(body, 'token')
      if (!grants.revokeToken(token)) throw refused('invalid_token', 'Token expired or revoked')
      return json({})
    }),
    route('GET', '/oauth2/v3/userinfo', 'userinfo', userinfo),
    route('GET', '/v1/userinfo', 'userinfo', userinfo),
    route('GET', '/oauth2/v3/certs', 'certs', async () => json(await keys.jwks(), cached)),
    route('GET', '/oauth2/v1/certs', 'certs', async () => json(await keys.certificates(), cached)),
  ]
}

/** Sends the browser back at once, with a code or with a refusal: nobody has to click. */
function authorize(parts: OAuthParts, { query }: WireRequest): WireReply {
  const redirect = query.get('redirect_uri') ?? ''
  const url = URL.canParse(redirect) ? new URL(redirect) : null
  // Only to this machine: an open redirect is nothing to leave lying about.
  if (url === null || !isLoopback(url.hostname))
    throw refused('redirect_uri_mismatch', 'The redirect URI must be on this machine.')
  const clientId = query.get('client_id') ?? ''
  if (clientId === '') throw refused('invalid_request', 'Missing required parameter: client_id')
  if (query.get('response_type') !== 'code')
    throw refused('unsupported_response_type', 'The response type must be code.')
  const scopes = (query.get('scope') ?? '').split(' ').filter(scope => scope !== '')
  if (scopes.length === 0) throw refused('invalid_scope', 'Missing required parameter: scope')
  const account = query.get('login_hint') || parts.firstAccount()
  const state = query.get('state')
  if (state !== null) url.searchParams.set('state', state)
  if (parts.manners().consent === 'refuse' || !parts.hasAccount(account)) {
    url.searchParams.set('error', 'access_denied')
    return { status: 302, headers: { location: url.href } }
  }
  const method = query.get('code_challenge_method') === 'S256' ? 'S256' : 'plain'
  const { unticked_scopes: unticked } = parts.manners()
  const allowed = scopes.filter(scope => !unticked.some(word => scope === word || scope.endsWith(`/${word}`)))
  const code = parts.codes.issue({
    account,
    clientId,
    redirectUri: redirect,
    scopes: allowed,
    isOffline: query.get('access_type') === 'offline',
    challenge: query.get('code_challenge') ?? '',
    method,
    nonce: query.get('nonce') ?? '',
  })
  url.searchParams.set('code', code)
  url.searchParams.set('scope', allowed.join(' '))
  return { status: 302, headers: { location: url.href } }
}

async function exchange(parts: OAuthParts, { body, headers }: WireRequest): Promise<JsonRecord> {
  const clientId = peekString(body, 'client_id') || basicUser(headers['authorization'])
  switch (peekString(body, 'grant_type')) {
    case 'authorization_code': {
      const consent = parts.codes.redeem(peekString(body, 'code'))
      const isSame = consent?.clientId === clientId && consent.redirectUri === peekString(body, 'redirect_uri')
      if (consent === null || !isSame || !isVerified(consent, peekString(body, 'code_verifier'))) {
        throw refused('invalid_grant', 'Malformed auth code.')
      }
      const { account, scopes, isOffline } = consent
      const refresh = isOffline ? { refresh_token: parts.grants.issueRefresh({ account, clientId, scopes }) } : {}
      return { ...issue(parts, { account, clientId, scopes }), ...refresh, ...(await idToken(parts, consent)) }
    }
    case 'refresh_token': {
      const token = peekString(body, 'refresh_token')
      const grant = parts.grants.findRefresh(token)
      if (grant === null || grant.clientId !== clientId) {
        throw refused('invalid_grant', 'Token has been expired or revoked.')
      }
      const next = parts.manners().rotate_refresh_tokens ? parts.grants.rotateRefresh(token) : null
      return { ...issue(parts, grant), ...(next === null ? {} : { refresh_token: next }) }
    }
    default:
      throw refused('unsupported_grant_type', `Invalid grant_type: ${peekString(body, 'grant_type')}`)
  }
}

function issue({ grants, clock }: OAuthParts, grant: Parameters<Grants['issueAccess']>[0]): JsonRecord {
  const { token, expiresAt } = grants.issueAccess(grant)
  const expires_in = Math.floor((expiresAt - clock.now()) / 1000)
  return { access_token: token, expires_in, scope: grant.scopes.join(' '), token_type: 'Bearer' }
}

async function idToken(
  { keys, clock }: OAuthParts,
  { scopes, account, clientId, nonce }: Consent,
): Promise<JsonRecord> {
  if (!scopes.includes('openid')) return {}
  const iat = Math.floor(clock.now() / 1000)
  const times = { iat, exp: iat + 3_600, ...(nonce === '' ? {} : { nonce }) }
  const who = { sub: subjectOf(account), email: account, email_verified: true }
  return {
    id_token: await keys.sign({ iss: 'https://accounts.google.com', aud: clientId, azp: clientId, ...who, ...times }),
  }
}

/** The same for one address at all times. */
function subjectOf(email: string): string {
  return `1${[...Buffer.from(email)].map(String).join('')}`.slice(0, 21).padEnd(21, '0')
}

function nameOf(email: string): string {
  const [name = ''] = email.split('@')
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function basicUser(header: string | undefined): string {
  const [, encoded = ''] = /^Basic +(\S+)$/i.exec(header ?? '') ?? []
  const [user = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return decodeURIComponent(user)
}

function refused(reason: string, message: string): ApiError {
  return new ApiError(400, { reason, message })
}
