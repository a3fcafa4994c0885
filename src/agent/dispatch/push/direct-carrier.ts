import { encrypt } from './encrypt.ts'
import type { Letter, PushCarrier } from './letter.ts'
import { createPushSender, type PushSenderOptions } from './push-sender.ts'

/** Encrypts and sends right here, in the thread that asks. */
export function createDirectCarrier(options: PushSenderOptions): PushCarrier {
  const sender = createPushSender(options)
  return {
    async carry(letter, signal) {
      const body = encrypt(letter.plaintext, letter.keys)
      return sender.send({ url: letter.url, headers: describe(letter, body), body, attempt: letter.attempt }, signal)
    },
    close: () => sender.close(),
  }
}

function describe({ authorization, ttl, urgency, topic }: Letter, body: Uint8Array) {
  return {
    authorization,
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
    'content-length': body.byteLength,
    ttl,
    urgency,
    topic,
  }
}
