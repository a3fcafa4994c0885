import { createHmac } from 'node:crypto'

/** A request as Standard Webhooks has it (https://github.com/standard-webhooks/standard-webhooks), before it is signed. */
interface UnsignedWebhook {
  /** The same each time that one message is sent, and without a full stop, which divides what is signed. */
  readonly id: string
  /** ms since 1970. */
  readonly now: number
  readonly body: string | Uint8Array
}

/** HMAC-SHA256 of `id.timestamp.body` over the raw bytes. */
export function webhookSignature(key: Uint8Array, id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
}

/** The headers of a request, signed with each of `keys`: several while a secret is being replaced. */
export function webhookHeaders(keys: readonly Uint8Array[], { id, now, body }: UnsignedWebhook) {
  const timestamp = String(Math.floor(now / 1000))
  const signatures = keys.map(key => `v1,${webhookSignature(key, id, timestamp, body).toString('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

/** The bytes of a secret in its usual form, `whsec_` and base64; null when it is no such secret of 24 to 64 bytes. */
export function webhookKey(secret: string): Uint8Array | null {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  const key = encoded === undefined ? null : Buffer.from(encoded, 'base64')
  return key === null || key.length < 24 || key.length > 64 ? null : key
}
