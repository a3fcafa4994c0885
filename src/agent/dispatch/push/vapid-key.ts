import { createPrivateKey, type KeyObject } from 'node:crypto'

/** A key pair that push services know this agent by (RFC 8292). Both halves are base64url. */
export interface VapidKey {
  /** Names the pair beside each device that subscribed with it. */
  readonly id: string
  /** An uncompressed point of P-256, 65 bytes. */
  readonly publicKey: string
  /** 32 bytes. */
  readonly privateKey: string
  /** Whom a push service may write to: `mailto:` or `https:`. */
  readonly subject: string
}

/** The private half in the form that signs. */
export function toSigningKey(key: VapidKey): KeyObject {
  const point = Buffer.from(key.publicKey, 'base64url')
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33, 65).toString('base64url'),
      d: key.privateKey,
    },
  })
}
