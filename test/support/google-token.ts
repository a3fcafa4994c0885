import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'

/** A key as Google has one, made for the tests. */
export interface TestKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
  readonly privateJwk: JWK
}

export async function makeKey(kid: string): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  return {
    kid,
    privateKey,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' },
    privateJwk: { ...(await exportJWK(privateKey)), kid },
  }
}

export function jwksOf(...keys: readonly TestKey[]): string {
  return JSON.stringify({ keys: keys.map(key => key.publicJwk) })
}

export const SERVICE_ACCOUNT = 'push@ec-demo.iam.gserviceaccount.com'
export const AUDIENCE = 'https://ec.example.org/webhooks/gmail'

/** The claims that Google sends, at an instant in ms. */
export function claimsAt(now: number): Readonly<Record<string, unknown>> {
  const iat = Math.floor(now / 1000)
  return {
    aud: AUDIENCE,
    azp: '113774264463038321964',
    email: SERVICE_ACCOUNT,
    email_verified: true,
    exp: iat + 3600,
    iat,
    iss: 'https://accounts.google.com',
    sub: '113774264463038321964',
  }
}

/** A claim or header that is `undefined` is left out. */
export async function makeToken(
  key: TestKey,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const head = { alg: 'RS256', kid: key.kid, typ: 'JWT', ...header }
  return await new SignJWT({ ...claims }).setProtectedHeader(head).sign(key.privateKey)
}

/** Gmail's data in the envelope of Pub/Sub. */
export function envelopeOf(data: string, messageId = '2070443601311540'): string {
  return JSON.stringify({
    message: {
      data: Buffer.from(data).toString('base64'),
      messageId,
      message_id: messageId,
      publishTime: '2026-01-05T08:59:59.123Z',
      publish_time: '2026-01-05T08:59:59.123Z',
    },
    subscription: 'projects/ec-demo/subscriptions/gmail-push-sub',
  })
}
