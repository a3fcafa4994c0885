import { createHmac, generateKeyPairSync, KeyObject, sign as signBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { verify } from '#ec/providers/gmail/verify.js'
import type { VerifyContext } from '#ec/providers/provider.js'
import {
  AUDIENCE,
  claimsAt,
  jwksOf,
  makeKey,
  makeToken,
  SERVICE_ACCOUNT,
  type TestKey,
} from '../../../support/google-token.js'
import { aRequest, aResource, aVerifyContext, RECEIVED_AT as NOW } from '../../../support/webhook.js'

const NOW_S = NOW / 1000
const ID = aResource('gmail').id
const WEBHOOK_URL = `https://ec.example.org/hub/webhooks/gmail/${ID}`

let google: TestKey
let other: TestKey
beforeAll(async () => {
  ;[google, other] = await Promise.all([makeKey('google-1'), makeKey('other-1')])
})

interface Given {
  readonly settings?: Readonly<Record<string, string>>
  readonly ctx?: Partial<VerifyContext>
  readonly now?: number
}

/** What comes of a header, at a resource that is set up as it should be. */
function judge(authorization: string, { settings = {}, ctx = {}, now = NOW }: Given = {}) {
  const usual = { audience: AUDIENCE, service_account: SERVICE_ACCOUNT, keys: jwksOf(google) }
  const resource = aResource('gmail', { ...usual, ...settings })
  return verify(aRequest({ authorization }, '{}', 'gmail'), [], resource, now, aVerifyContext(ctx))
}

async function judgeClaims(claims: object, given: Given = {}) {
  return judge(`Bearer ${await makeToken(google, { ...claimsAt(NOW), ...claims })}`, given)
}

const base64url = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const refusal = (detail: RegExp) => ({
  ok: false,
  code: 'EC_SIGNATURE_INVALID',
  detail: expect.stringMatching(detail),
})

describe('claims', () => {
  it.each([
    ['as Google sends them', {}],
    ['of the shorter issuer', { iss: 'accounts.google.com' }],
    ['for several, one of them us', { aud: ['https://elsewhere.example', AUDIENCE] }],
    ['whose address is in capitals', { email: SERVICE_ACCOUNT.toUpperCase() }],
    ['that expired within the tolerance', { exp: NOW_S - 59 }],
    ['issued ahead within the tolerance', { iat: NOW_S + 60 }],
    ['with a time to begin that has come', { nbf: NOW_S - 1 }],
  ])('%s are taken', async (_name, claims) => {
    expect(await judgeClaims(claims)).toEqual({ ok: true })
  })

  it.each([
    [{ iss: undefined }, /issued by nobody that it names/],
    [{ iss: 'https://accounts.example.org' }, /issued by https:\/\/accounts\.example\.org, not by Google/],
    [{ iss: 'https://accounts.google.com/' }, /issued by/],
    [{ iss: ['https://accounts.google.com'] }, /issued by/],
    [{ aud: undefined }, /audience of the token is nobody/],
    [{ aud: 'https://elsewhere.example' }, /audience of the token is https:\/\/elsewhere\.example; expected is/],
    [{ aud: `${AUDIENCE}/` }, /audience/],
    [{ aud: AUDIENCE.toUpperCase() }, /audience/],
    [{ aud: [] }, /audience/],
    [{ aud: [7, null, {}] }, /audience/],
    [{ email: undefined }, /token is of nobody that it names/],
    [{ email: 'push@ben-demo.iam.gserviceaccount.com' }, /expected is push@ec-demo/],
    [{ email: [SERVICE_ACCOUNT] }, /token is of/],
    [{ email_verified: undefined }, /not say that its e-mail address is verified/],
    [{ email_verified: false }, /verified/],
    [{ email_verified: 'true' }, /verified/],
    [{ exp: undefined }, /when it expires/],
    [{ exp: String(NOW_S + 3600) }, /when it expires/],
    [{ exp: NOW_S - 60 }, /expired 60 s ago/],
    [{ exp: -1e300 }, /expired/],
    [{ iat: undefined }, /when it was issued/],
    [{ iat: NOW_S + 61 }, /61 s ahead of the clock/],
    [{ nbf: NOW_S + 3000 }, /3,000 s ahead/],
    [{ nbf: 'soon' }, /from when on/],
  ])('%j is refused', async (claims, detail) => {
    expect(await judgeClaims(claims)).toEqual(refusal(detail))
  })

  it('go by the instant that is given, not by the clock of the machine', async () => {
    expect(await judgeClaims({}, { now: NOW + 3_600_000 + 59_000 })).toEqual({ ok: true })
    expect(await judgeClaims({}, { now: NOW + 3_600_000 + 60_000 })).toEqual(refusal(/expired/))
    expect(await judgeClaims({}, { now: NOW - 61_000 })).toEqual(refusal(/ahead/))
  })

  it('are read of whatever Google signed', async () => {
    const payload = JSON.stringify(claimsAt(NOW))
    expect(await judge(`Bearer ${signed({ alg: 'RS256', kid: 'google-1' }, payload)}`)).toEqual({ ok: true })
  })

  it.each(['[]', 'null', '7', '{"iss":', '\u0000'])('that are %j are refused', async payload => {
    expect((await judge(`Bearer ${signed({ alg: 'RS256', kid: 'google-1' }, payload)}`)).ok).toBe(false)
  })

  it('tell no hidden marks of a stranger', async () => {
    const verdict = await judgeClaims({ iss: '\u001b[2J\u202eevil\n' })
    expect(verdict).toEqual(refusal(/issued by \[2Jevil, not/))
  })
})

describe('the service account', () => {
  it('has to be set, since Google signs for anybody', async () => {
    expect(await judgeClaims({}, { settings: { service_account: ' ' } })).toEqual(
      refusal(/"service_account" of the resource is not set.* of push@ec-demo/),
    )
  })
})

describe('the audience', () => {
  const settings = { audience: '' }
  const ctx = { webhookUrl: WEBHOOK_URL }

  it.each([
    WEBHOOK_URL,
    `${WEBHOOK_URL}/`,
    `${WEBHOOK_URL}?token=x`,
    'https://ec.example.org/hub/webhook/gmail',
    'https://ec.example.org/hub/webhook/gmail?token=x',
  ])('is where the subscription pushes to, unless it is set: %s', async aud => {
    expect(await judgeClaims({ aud }, { settings, ctx })).toEqual({ ok: true })
  })

  it.each([
    'https://ec.example.org/hub/webhooks/gmail',
    'https://ec.example.org/webhook/gmail',
    `https://evil.example/?${WEBHOOK_URL}`,
    `${WEBHOOK_URL}x`,
    '?',
    '',
  ])('is not %j', async aud => {
    expect(await judgeClaims({ aud }, { settings, ctx })).toEqual(refusal(/audience/))
  })

  it('cannot be told without a public URL', async () => {
    expect(await judgeClaims({ aud: '' }, { settings })).toEqual(
      refusal(/set `public\.url`, or the setting "audience"/),
    )
  })
})

describe('the signature', () => {
  it('of another key under the right name is refused', async () => {
    const token = await makeToken(other, claimsAt(NOW), { kid: 'google-1' })
    expect(await judge(`Bearer ${token}`)).toEqual(refusal(/not signed with the key that it names/))
  })

  it('of a key that nobody knows is refused', async () => {
    const token = await makeToken(other, claimsAt(NOW))
    expect(await judge(`Bearer ${token}`)).toEqual(refusal(/not in the setting "keys"/))
  })

  it('does not hold for changed claims', async () => {
    const [head, , signature] = (await makeToken(google, claimsAt(NOW))).split('.')
    const claims = base64url({ ...claimsAt(NOW), exp: NOW_S + 7200 })
    expect(await judge(`Bearer ${head}.${claims}.${signature}`)).toEqual(refusal(/not signed/))
  })

  it('is RS256 and nothing else', async () => {
    const claims = claimsAt(NOW)
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })
    const hs256 = `${base64url({ alg: 'HS256', kid: 'google-1' })}.${base64url(claims)}`
    const mac = createHmac('sha256', pem).update(hs256).digest('base64url')
    const heads = ['none', 'None', 'RS384', 'PS256', 'ES256', 7, undefined].map(alg => ({ alg, kid: 'google-1' }))
    for (const token of [`${hs256}.${mac}`, ...heads.map(head => signed(head, JSON.stringify(claims)))]) {
      expect(await judge(`Bearer ${token}`)).toEqual(refusal(/Google signs by RS256/))
    }
  })

  it('names its key', async () => {
    for (const kid of [undefined, '', 7, 'x'.repeat(257), 'two words']) {
      const token = signed({ alg: 'RS256', kid }, JSON.stringify(claimsAt(NOW)))
      expect(await judge(`Bearer ${token}`)).toEqual(refusal(/does not name its key/))
    }
  })

  it('does not take what it says must be understood', async () => {
    const token = signed({ alg: 'RS256', kid: 'google-1', crit: ['exp'] }, JSON.stringify(claimsAt(NOW)))
    expect(await judge(`Bearer ${token}`)).toEqual(refusal(/not signed/))
  })
})

describe('the header', () => {
  it('may spell its scheme as it likes', async () => {
    const token = await makeToken(google, claimsAt(NOW))
    for (const scheme of ['Bearer ', 'bearer ', 'BEARER  ']) expect(await judge(scheme + token)).toEqual({ ok: true })
  })

  it('holds one token of three parts', async () => {
    const token = await makeToken(google, claimsAt(NOW))
    const [head, claims, signature] = token.split('.')
    const wrong = [
      token,
      `Basic ${token}`,
      `Bearer${token}`,
      'Bearer ',
      'Bearer ..',
      `Bearer ${head}`,
      `Bearer ${head}.${claims}`,
      `Bearer ${head}.${claims}.`,
      `Bearer ${head}..${signature}`,
      `Bearer ${token}.`,
      `Bearer ${token}.${signature}`,
      `Bearer ${token} ${token}`,
      `Bearer ${token}=`,
      `Bearer ${base64url('not json')}.${claims}.${signature}`,
      `Bearer ${token}${'x'.repeat(9000)}`,
    ]
    for (const header of wrong) expect((await judge(header)).ok, header.slice(0, 40)).toBe(false)
  })

  it('is asked for where it is missing', async () => {
    const verdict = await verify(aRequest({}, '{}', 'gmail'), [], aResource('gmail'), NOW, aVerifyContext())
    expect(verdict).toMatchObject({ code: 'EC_SIGNATURE_MISSING', detail: expect.stringMatching(/authentication/) })
  })
})

describe('the setting "keys"', () => {
  it.each([
    'no json',
    '{}',
    '[]',
    '{"keys":[]}',
    '{"keys":[{"kty":"EC","kid":"google-1"},{"kty":"RSA","kid":"google-1","n":"AQAB","e":"AQAB"}]}',
  ])('that holds no key, as %s, lets nothing in and asks nobody else', async keys => {
    expect(await judgeClaims({}, { settings: { keys } })).toEqual(refusal(/no JWKS with an RSA key/))
  })

  it('takes the public half of a private key', async () => {
    const keys = JSON.stringify({ keys: [google.privateJwk] })
    expect(await judgeClaims({}, { settings: { keys } })).toEqual({ ok: true })
  })

  it('refuses a key that is too short to be trusted', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const keys = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'short' }] })
    const text = `${base64url({ alg: 'RS256', kid: 'short' })}.${base64url(claimsAt(NOW))}`
    const token = `${text}.${signBytes('sha256', Buffer.from(text), privateKey).toString('base64url')}`
    expect((await judge(`Bearer ${token}`, { settings: { keys } })).ok).toBe(false)
  })
})

/** A token with any header and payload, whose signature by RS256 holds for `google-1`. */
function signed(head: object, payload: string): string {
  const text = `${base64url(head)}.${base64url(payload)}`
  const signature = signBytes('sha256', Buffer.from(text), KeyObject.from(google.privateKey))
  return `${text}.${signature.toString('base64url')}`
}
