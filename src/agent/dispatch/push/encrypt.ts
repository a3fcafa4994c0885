import { createCipheriv, createECDH, createHmac, randomFillSync } from 'node:crypto'
import type { PushAddress } from '../../../core/device.ts'

/** What a browser gave for encryption. */
export type EncryptionKeys = Pick<PushAddress, 'p256dh' | 'auth'>

/** What is random in a message; given only to compare with the example of RFC 8291. */
export interface MessageSecrets {
  /** A private key of P-256, 32 bytes, used for this message alone. */
  readonly privateKey: Uint8Array
  /** 16 bytes. */
  readonly salt: Uint8Array
}

/** A body has at most 4,096 bytes (RFC 8030 7.2); header, delimiter and tag take 103 of them. */
export const MAX_PLAINTEXT_BYTES = 3_993

const RECORD_SIZE = 4_096
const TAG_BYTES = 16
/** Ends the last record, and here it is the only one. */
const LAST_RECORD = 2

/**
 * Encrypts a message for one browser: the body of a push request, `Content-Encoding: aes128gcm` (RFC 8291, RFC 8188).
 * Takes at most `MAX_PLAINTEXT_BYTES`; a longer text would become two records, which browsers drop without a word.
 */
export function encrypt(plaintext: Uint8Array, address: EncryptionKeys, secrets?: MessageSecrets): Buffer {
  if (plaintext.byteLength > MAX_PLAINTEXT_BYTES) throw new RangeError(`a push takes ${MAX_PLAINTEXT_BYTES} bytes`)
  const theirs = Buffer.from(address.p256dh, 'base64url')
  const salt = secrets?.salt ?? takeSalt()
  if (secrets) PAIR.setPrivateKey(secrets.privateKey)
  const ours = secrets ? PAIR.getPublicKey() : PAIR.generateKeys()

  // HKDF by hand: each step needs one block, and Node's own checks and copies cost more than the two hashes.
  const shared = hmac(Buffer.from(address.auth, 'base64url'), PAIR.computeSecret(theirs))
  const secret = hmac(shared, SECRET_INFO, theirs, ours, ONE)
  const seed = hmac(salt, secret)
  const key = hmac(seed, KEY_INFO, ONE).subarray(0, 16)
  const nonce = hmac(seed, NONCE_INFO, ONE).subarray(0, 12)

  // Header and record in one piece of memory; the record is encrypted from there and put back.
  const recordAt = SALT_BYTES + 5 + ours.length
  const body = Buffer.allocUnsafe(recordAt + plaintext.byteLength + 1 + TAG_BYTES)
  body.set(salt)
  body.writeUInt32BE(RECORD_SIZE, SALT_BYTES)
  body.writeUInt8(ours.length, SALT_BYTES + 4)
  body.set(ours, SALT_BYTES + 5)
  body.set(plaintext, recordAt)
  body.writeUInt8(LAST_RECORD, recordAt + plaintext.byteLength)
  const cipher = createCipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES })
  body.set(cipher.update(body.subarray(recordAt, body.length - TAG_BYTES)), recordAt)
  cipher.final()
  body.set(cipher.getAuthTag(), body.length - TAG_BYTES)
  return body
}

const SECRET_INFO = Buffer.from('WebPush: info\0')
const KEY_INFO = Buffer.from('Content-Encoding: aes128gcm\0')
const NONCE_INFO = Buffer.from('Content-Encoding: nonce\0')
const ONE = Buffer.of(1)

/** Holds the key pair of one message after the other: to make the holder costs a sixth of all the rest. */
const PAIR = createECDH('prime256v1')

const SALT_BYTES = 16
const salts = Buffer.alloc(SALT_BYTES * 256)
let nextSalt = salts.length

/** Good until it is copied. Fetched many at a time: to ask for each costs a tenth of all that is not the key agreement. */
function takeSalt(): Buffer {
  if (nextSalt === salts.length) {
    randomFillSync(salts)
    nextSalt = 0
  }
  return salts.subarray(nextSalt, (nextSalt += SALT_BYTES))
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHmac('sha256', key)
  for (const part of parts) hash.update(part)
  return hash.digest()
}
