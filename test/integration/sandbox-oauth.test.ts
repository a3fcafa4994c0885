import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { openSandbox, send, type Parsed, type TestSandbox } from '../support/sandbox.js'

const VERIFIER = 'a-verifier-of-more-than-forty-three-characters-as-the-rfc-wants'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
const REDIRECT = 'http://127.0.0.1:9/callback'
const SCOPE = 'openid https://www.googleapis.com/auth/calendar'

let sandbox: TestSandbox
beforeEach(async () => {
  sandbox = await openSandbox()
})

async function consent(more: Readonly<Record<string, string>> = {}) {
  const asked = {
    client_id: 'client-1',
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: SCOPE,
    state: 'state 1',
    access_type: 'offline',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  }
  return send(`${sandbox.urls.authorize}?${new URLSearchParams(asked)}`, 'GET')
}

async function token(
  form: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: Parsed }> {
  const response = await fetch(sandbox.urls.token, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'client-1', ...form }),
  })
  return { status: response.status, body: await response.json() }
}

async function code(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { headers } = await consent(more)
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
}

const exchange = (code: string, more: Readonly<Record<string, string>> = {}) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...more })

async function profile(access: string) {
  return (
    await send(`${sandbox.urls.google}/calendar/v3/calendars/primary`, 'GET', undefined, {
      authorization: `Bearer ${access}`,
    })
  ).status
}

const errorOf = (answer: { headers: Headers }) =>
  new URL(answer.headers.get('location') ?? '').searchParams.get('error')

const refresh = async (refresh_token: string) => (await token({ grant_type: 'refresh_token', refresh_token })).body

const revoke = (value: string) =>
  fetch(sandbox.urls.revoke, { method: 'POST', body: new URLSearchParams({ token: value }) })

describe('a consent', () => {
  it('goes back to the program at once, and is exchanged for tokens that work', async () => {
    const { status, headers } = await consent()
    const back = new URL(headers.get('location') ?? '')
    expect([status, back.origin + back.pathname, back.searchParams.get('state')]).toEqual([302, REDIRECT, 'state 1'])
    const { body } = await exchange(back.searchParams.get('code') ?? '')
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, scope: SCOPE })
    expect(decodeJwt(body.id_token)).toMatchObject({ aud: 'client-1', email: 'ana@example.com', email_verified: true })
    expect(await profile(body.access_token)).toBe(200)
    const who = await send(sandbox.urls.userinfo, 'GET', undefined, { authorization: `Bearer ${body.access_token}` })
    expect(who.body).toMatchObject({ email: 'ana@example.com' })
    await sandbox.control.advance(3_600_000)
    expect(await profile(body.access_token)).toBe(401)
    const again = await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token })
    expect(again.body).not.toHaveProperty('refresh_token')
    expect(await profile(again.body.access_token)).toBe(200)
  })

  it('is refused where the person does, or where nobody has that account', async () => {
    expect(errorOf(await consent({ login_hint: 'nobody@example.com' }))).toBe('access_denied')
    sandbox.control.manners({ consent: 'refuse' })
    expect(errorOf(await consent())).toBe('access_denied')
  })

  it.each([
    [{ redirect_uri: 'https://evil.example.org/' }, 'redirect_uri_mismatch'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: '' }, 'invalid_scope'],
    [{ client_id: '' }, 'invalid_request'],
  ])('with %j sends nobody anywhere', async (wrong, error) => {
    const { status, body, headers } = await consent(wrong)
    expect([status, body.error, headers.get('location')]).toEqual([400, error, null])
  })

  it.each([
    ['another verifier', { code_verifier: 'another' }],
    ['another client', { client_id: 'client-2' }],
    ['another address', { redirect_uri: `${REDIRECT}/2` }],
  ])('is not exchanged by %s', async (_what, wrong) => {
    expect((await exchange(await code(), wrong)).body.error).toBe('invalid_grant')
  })

  it('is exchanged once, and within ten minutes', async () => {
    const first = await code()
    expect((await exchange(first)).status).toBe(200)
    expect((await exchange(first)).body.error).toBe('invalid_grant')
    const second = await code()
    await sandbox.control.advance(600_000)
    expect((await exchange(second)).body.error).toBe('invalid_grant')
  })

  it('for a moment brings no token to refresh by', async () => {
    expect((await exchange(await code({ access_type: 'online' }))).body).not.toHaveProperty('refresh_token')
  })
})

describe('a token to refresh by', () => {
  it('dies when the person takes the consent back (invalid_grant), and with it what it brought', async () => {
    const { body } = await exchange(await code())
    sandbox.control.mutate({ do: 'grant.revoke' })
    expect(await refresh(body.refresh_token)).toEqual({
      error: 'invalid_grant',
      error_description: 'Token has been expired or revoked.',
    })
    expect(await profile(body.access_token)).toBe(401)
  })

  it('dies when the program gives it back', async () => {
    const { body } = await exchange(await code())
    expect((await revoke(body.refresh_token)).status).toBe(200)
    expect((await revoke(body.refresh_token)).status).toBe(400)
    expect((await refresh(body.refresh_token)).error).toBe('invalid_grant')
  })

  it('of a program in testing dies after seven days (pitfall 65)', async () => {
    sandbox.control.manners({ testing_mode: true })
    const { body } = await exchange(await code())
    await sandbox.control.advance(7 * 86_400_000 - 1)
    expect(await refresh(body.refresh_token)).toHaveProperty('access_token')
    await sandbox.control.advance(1)
    expect((await refresh(body.refresh_token)).error).toBe('invalid_grant')
  })

  it('may fail for a while, as everything may', async () => {
    const { body } = await exchange(await code())
    sandbox.control.fault({ kind: 'status', status: 503, times: 1, match: { operation: 'oauth.token' } })
    expect((await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token })).status).toBe(503)
    expect(await refresh(body.refresh_token)).toHaveProperty('access_token')
    expect((await token({ grant_type: 'password' })).body.error).toBe('unsupported_grant_type')
  })
})
