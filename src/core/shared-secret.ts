import { hash, timingSafeEqual } from 'node:crypto'

/**
 * Whether a text that came along is one of these secrets, for services that send the secret itself. A comparison takes
 * the same time wherever the texts differ and however long they are. An empty secret matches nothing.
 */
export function isSharedSecret(given: string, secrets: readonly string[]): boolean {
  const digest = hash('sha256', given, 'buffer')
  // Not `some`: how long it takes must not tell which of the secrets fits.
  const fitting = secrets.filter(secret => secret !== '' && timingSafeEqual(digest, hash('sha256', secret, 'buffer')))
  return fitting.length > 0
}
