import { timingSafeEqual } from 'node:crypto'

/**
 * The symmetric signatures (`v1`) of the header, which lists several, one space between them, while a secret is being
 * replaced. Those of other versions, as `v1a`, and what is no base64 of 32 bytes are passed over.
 */
export function readSignatures(header: string): readonly Uint8Array[] {
  return header
    .split(' ')
    .filter(entry => V1.test(entry))
    .map(entry => Buffer.from(entry.slice('v1,'.length), 'base64'))
}

const V1 = /^v1,[A-Za-z0-9+/]{43}=$/

/** Takes the same time wherever the bytes differ. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}
