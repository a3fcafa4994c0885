/** What a browser gave when it subscribed: where to send, and the keys that its messages are encrypted with. */
export interface PushAddress {
  /** The URL at the browser's push service; whoever knows it can try to send, so it never stands in a log. */
  readonly endpoint: string
  /** The browser's public key, an uncompressed point of P-256, 65 bytes in base64url. */
  readonly p256dh: string
  /** Its authentication secret, 16 bytes in base64url. */
  readonly auth: string
}
