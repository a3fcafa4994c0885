import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { EcError } from './errors.ts'

/** Keeps secrets unreadable at rest. `context` binds a sealed value to its place: it opens nowhere else. */
export interface Seal {
  seal(plain: string, context: string): Uint8Array
  /** `EC_SEAL_BROKEN` when the key, the context or the bytes are not those it was sealed with. */
  open(sealed: Uint8Array, context: string): string
}

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM under a key derived from the master key; layout: version, nonce, tag, ciphertext. */
export function createSeal(masterKey: Uint8Array): Seal {
  const key = Buffer.from(hkdfSync('sha256', masterKey, new Uint8Array(), 'eventcenter seal v1', 32))
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), text])
    },
    open(sealed, context) {
      try {
        const bytes = Buffer.from(sealed)
        if (bytes[0] !== VERSION) throw new Error(`seal version ${bytes[0]}`)
        const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
        const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES)
        const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context)).setAuthTag(tag)
        const text = decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new EcError('EC_SEAL_BROKEN', `the sealed value ${context} cannot be opened`, { cause })
      }
    },
  }
}
