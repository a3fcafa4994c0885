import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'

/** A browser's half of Web Push: the keys of a subscription, and reading what was encrypted for it (RFC 8291). */
export interface PushBrowser {
  readonly p256dh: string
  readonly auth: string
  /** Throws for a body that a browser would drop: a broken tag, a second record, a wrong delimiter. */
  decrypt(body: Uint8Array): Buffer
}

export function createPushBrowser(privateKey?: Uint8Array, auth: Uint8Array = randomBytes(16)): PushBrowser {
  const pair = createECDH('prime256v1')
  if (privateKey) pair.setPrivateKey(privateKey)
  else pair.generateKeys()
  const ours = pair.getPublicKey()

  function decrypt(body: Uint8Array): Buffer {
    const bytes = Buffer.from(body)
    const salt = bytes.subarray(0, 16)
    const recordSize = bytes.readUInt32BE(16)
    const theirs = bytes.subarray(21, 21 + bytes.readUInt8(20))
    const record = bytes.subarray(21 + theirs.length)
    if (record.length > recordSize) throw new Error('more than one record')
    const shared = pair.computeSecret(theirs)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), ours, theirs])
    const secret = Buffer.from(hkdfSync('sha256', shared, auth, info, 32))
    const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16))
    const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12))
    const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-16))
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
    const end = padded.findLastIndex(byte => byte !== 0)
    if (padded[end] !== 2) throw new Error('the record is not the last one')
    return padded.subarray(0, end)
  }

  return { p256dh: ours.toString('base64url'), auth: Buffer.from(auth).toString('base64url'), decrypt }
}
