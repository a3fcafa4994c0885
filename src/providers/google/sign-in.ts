import { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import type { ConsentAnswer, Grant, HeldConsent, OAuthClient, SignIn, SignInContext, Tokens } from '../provider.ts'
import { googleUrls } from './google-urls.ts'
import { oauthError, readOAuthFault, type OAuthFault } from './oauth-fault.ts'
import { nameScope, scopesFor } from './scopes.ts'

const DAY_MS = 86_400_000

const tokensSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
  scope: z.string().default(''),
})

const userSchema = z.object({ email: z.string().regex(/^[^\s@]+@[^\s@]+$/), email_verified: z.boolean().default(true) })

/** https://developers.google.com/identity/protocols/oauth2/native-app */
export const googleSignIn: SignIn = { scopes: scopesFor, authorizeUrl, exchange, refresh, revoke }

function authorizeUrl(
  endpoints: Parameters<SignIn['authorizeUrl']>[0],
  request: Parameters<SignIn['authorizeUrl']>[1],
): string {
  const url = new URL(googleUrls(endpoints).authorize)
  const query = {
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    response_type: 'code',
    scope: request.scopes.join(' '),
    state: request.state,
    code_challenge: request.challenge,
    code_challenge_method: 'S256',
    access_type: 'offline',
    // Without it Google gives no refresh token to a person who consented before.
    prompt: request.loginHint === null ? 'select_account consent' : 'consent',
    include_granted_scopes: 'true',
    ...(request.loginHint === null ? {} : { login_hint: request.loginHint }),
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

async function exchange(ctx: SignInContext, client: OAuthClient, answer: ConsentAnswer): Promise<Grant> {
  const got = await askForTokens(ctx, client, {
    grant_type: 'authorization_code',
    code: answer.code,
    code_verifier: answer.verifier,
    redirect_uri: answer.redirectUri,
  })
  if ('fault' in got) {
    if (got.fault.error !== 'invalid_grant') throw oauthError(got.fault)
    throw new EcError('EC_CONSENT_REFUSED', 'Google did not take the code of the consent', {
      hint: 'a code is good once and for a few minutes: run the setup again',
      details: got.fault.details,
    })
  }
  const { tokens, scope } = got
  if (tokens.refreshToken === null) {
    throw new EcError('EC_PROVIDER', 'Google gave no refresh token, so the sign-in would end within the hour', {
      hint: 'remove the app at https://myaccount.google.com/connections, then run the setup again',
    })
  }
  const scopes = scope.split(' ').filter(one => one !== '')
  const missing = answer.scopes.filter(one => !scopes.includes(one))
  if (missing.length > 0) {
    throw new EcError('EC_SCOPE_MISSING', `the consent does not cover this: ${missing.map(nameScope).join(', ')}`, {
      hint: 'run the setup again and tick every box, or leave out what you do not want (--no-gmail)',
      details: { missing },
    })
  }
  const address = await readAddress(ctx, tokens.accessToken)
  return { ...tokens, refreshToken: tokens.refreshToken, address, scopes }
}

async function refresh(ctx: SignInContext, client: OAuthClient, held: HeldConsent): Promise<Tokens> {
  const got = await askForTokens(ctx, client, { grant_type: 'refresh_token', refresh_token: held.refreshToken })
  if (!('fault' in got)) return got.tokens
  if (got.fault.error !== 'invalid_grant') throw oauthError(got.fault)
  throw signedOut(got.fault, ctx.clock.now() - held.grantedAt)
}

/**
 * Google says the same of a consent that was taken back, of a password that was changed and of one that died of age: an app
 * whose consent screen is in testing gets refresh tokens of seven days.
 * https://developers.google.com/identity/protocols/oauth2#expiration
 */
function signedOut({ details }: OAuthFault, ageMs: number): EcError {
  const isTesting = ageMs >= 6 * DAY_MS && ageMs <= 8 * DAY_MS
  if (!isTesting) {
    return new EcError('EC_ACCOUNT_SIGNED_OUT', 'the consent was taken back, or has expired', { details })
  }
  return new EcError(
    'EC_ACCOUNT_SIGNED_OUT',
    'the consent ended seven days after it was given, as it does while the app is in testing',
    {
      details: { ...details, testing: true },
      hint:
        'publish the app at https://console.cloud.google.com/auth/audience (Publish app), ' +
        'then sign in again with `ec setup google`',
    },
  )
}

async function revoke(ctx: SignInContext, token: string): Promise<void> {
  const url = googleUrls(ctx.endpoints).revoke
  const response = await post(ctx, 'oauth.revoke', url, { token })
  if (response.ok) return void (await response.body?.cancel())
  const fault = await readOAuthFault(response, ctx.clock.now())
  // One that is not known any more is what was wanted.
  if (fault.error !== 'invalid_token') throw oauthError(fault)
}

async function readAddress(ctx: SignInContext, accessToken: string): Promise<string> {
  const { userinfo } = googleUrls(ctx.endpoints)
  const response = await ctx.fetchFor('userinfo.get')(userinfo, {
    headers: { authorization: `Bearer ${accessToken}` },
    redirect: 'error',
    signal: ctx.signal,
  })
  if (!response.ok) throw oauthError(await readOAuthFault(response, ctx.clock.now()))
  const read = userSchema.safeParse(await response.json().catch(() => null))
  if (read.success && read.data.email_verified) return read.data.email
  throw new EcError('EC_PROVIDER', 'Google did not say whose account it is', {
    hint: 'run the setup again, and allow the app to see your address',
  })
}

type Got = { readonly tokens: Tokens; readonly scope: string } | { readonly fault: OAuthFault }

async function askForTokens(
  ctx: SignInContext,
  client: OAuthClient,
  form: Readonly<Record<string, string>>,
): Promise<Got> {
  const secret = client.secret === null ? {} : { client_secret: client.secret }
  const url = googleUrls(ctx.endpoints).token
  const response = await post(ctx, 'oauth.token', url, { client_id: client.id, ...secret, ...form })
  if (!response.ok) return { fault: await readOAuthFault(response, ctx.clock.now()) }
  const read = tokensSchema.safeParse(await response.json().catch(() => null))
  if (!read.success) throw new EcError('EC_PROVIDER', 'Google answered the sign-in with something that is no token')
  const { access_token: accessToken, expires_in: lifeS, refresh_token: refreshToken = null, scope } = read.data
  // Counted from our own clock: however wrong it is, it is wrong by the same when the token is used.
  return { tokens: { accessToken, expiresAt: ctx.clock.now() + lifeS * 1000, refreshToken }, scope }
}

function post(
  ctx: SignInContext,
  operation: string,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Response> {
  return ctx.fetchFor(operation)(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
    redirect: 'error',
    signal: ctx.signal,
  })
}
