import { importJWK, importX509, type CryptoKey } from 'jose'
import { isRecord, peekList, peekString } from '../../core/peek.ts'

/** Public RSA keys by their ids. */
export type KeySet = ReadonlyMap<string, CryptoKey>

/** Google publishes two or three. */
const MAX_KEYS = 50
/** Digits in base64url of 2048 bits: RFC 7518 section 3.3 allows no shorter key. */
const MIN_MODULUS = 342

/**
 * Reads keys as Google publishes them: a JWKS (`/oauth2/v3/certs`) or a map from ids to PEM certificates
 * (`/oauth2/v1/certs`). Keys that cannot sign by RS256 are passed over; null when none is left.
 */
export async function readKeySet(text: string): Promise<KeySet | null> {
  const value = parse(text)
  const listed = peekList(value, 'keys').map(jwk => [peekString(jwk, 'kid'), () => readJwk(jwk)] as const)
  const mapped = isRecord(value)
    ? Object.entries(value).map(([kid, pem]) => [kid, () => readCertificate(pem)] as const)
    : []
  const keys = new Map<string, CryptoKey>()
  for (const [kid, read] of [...listed, ...mapped].slice(0, MAX_KEYS)) {
    const key = kid === '' ? null : await read().catch(() => null)
    if (key !== null) keys.set(kid, key)
  }
  return keys.size === 0 ? null : keys
}

async function readJwk(jwk: unknown): Promise<CryptoKey | null> {
  const isOurs = peekString(jwk, 'kty') === 'RSA' && ['', 'RS256'].includes(peekString(jwk, 'alg'))
  const n = peekString(jwk, 'n')
  if (!isOurs || n.length < MIN_MODULUS || !['', 'sig'].includes(peekString(jwk, 'use'))) return null
  // The public half alone, whatever else was given.
  return await importJWK({ kty: 'RSA', n, e: peekString(jwk, 'e') }, 'RS256')
}

async function readCertificate(pem: unknown): Promise<CryptoKey | null> {
  return typeof pem === 'string' ? await importX509(pem, 'RS256') : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
