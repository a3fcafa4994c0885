import { importJWK, SignJWT } from 'jose'
import { EcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import { isRecord, peekString, type JsonRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import type { SignedRequest } from '../provider.ts'

const LIFETIME_S = 3600

/**
 * Makes the token that Pub/Sub would send, valid for an hour from `now`. Nobody but Google has Google's key: the secret
 * is a private RSA key (JWK) whose public half stands in the setting `keys` of the resource. `EC_SECRET_MISSING` without
 * one, `EC_FIELD_INVALID` without the settings `audience` and `service_account`.
 */
export async function sign(
  _request: RawRequest,
  [secret]: readonly string[],
  { settings }: Resource,
  now: number,
): Promise<SignedRequest> {
  const jwk = readPrivateKey(secret)
  const email = needed(settings, 'service_account')
  const issuedAt = Math.floor(now / 1000)
  const claims = new SignJWT({ azp: email, email, email_verified: true, sub: email })
    .setProtectedHeader({ alg: 'RS256', kid: peekString(jwk, 'kid'), typ: 'JWT' })
    .setIssuer('https://accounts.google.com')
    .setAudience(needed(settings, 'audience'))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_S)
  return { headers: { authorization: `Bearer ${await signWith(jwk, claims)}` } }
}

function readPrivateKey(secret: string | undefined): JsonRecord {
  try {
    const value: unknown = JSON.parse(secret ?? '')
    if (isRecord(value) && peekString(value, 'd') !== '' && peekString(value, 'kid') !== '') return value
  } catch {
    // Said below: whatever else it is, it is not such a key.
  }
  throw unfit()
}

async function signWith(jwk: JsonRecord, claims: SignJWT): Promise<string> {
  const part = (name: string): string => peekString(jwk, name)
  const primes = { p: part('p'), q: part('q'), dp: part('dp'), dq: part('dq'), qi: part('qi') }
  try {
    const key = await importJWK({ kty: 'RSA', n: part('n'), e: part('e'), d: part('d'), ...primes }, 'RS256')
    return await claims.sign(key)
  } catch (cause) {
    throw unfit(cause)
  }
}

function unfit(cause?: unknown): EcError {
  const message = 'a Gmail notification is signed with a private RSA key of 2048 bits or more, a JWK with its `kid`'
  const hint = 'give the key whose public half stands in the setting `keys` of the resource'
  return new EcError('EC_SECRET_MISSING', message, { hint, cause })
}

function needed(settings: Resource['settings'], name: string): string {
  const value = settings[name]?.trim() ?? ''
  if (value !== '') return value
  throw new EcError('EC_FIELD_INVALID', `a Gmail notification cannot be signed without the setting ${name}`)
}
