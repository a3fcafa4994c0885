const PREFIX = 'whsec_'
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
/** The least that the specification lets a secret have. */
const MIN_BYTES = 24

/** In the form that the libraries of senders take; some refuse any other. */
export function makeSecret(bytes: Uint8Array): string {
  return PREFIX + Buffer.from(bytes).toString('base64')
}

/**
 * The keys that senders make of a secret. `whsec_` and base64 is those bytes. Other text is itself; but the libraries
 * decode base64 also without the prefix, so where it reads as such it may be either. None for an empty secret.
 */
export function keysOf(secret: string): readonly Uint8Array[] {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  if (encoded === '') return []
  const decoded = BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : null
  if (decoded !== null && encoded !== secret) return [decoded]
  const asText = Buffer.from(secret)
  return decoded !== null && decoded.byteLength >= MIN_BYTES ? [asText, decoded] : [asText]
}
