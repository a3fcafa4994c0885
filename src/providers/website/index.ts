import type { Provider } from '../provider.ts'
import { describe } from './map.ts'
import { makeSecret } from './secret.ts'
import { renew } from './renew.ts'
import { sign } from './sign.ts'
import { parse, verify } from './webhook.ts'

/** A website or any service of one's own that signs as Standard Webhooks says (https://www.standardwebhooks.com). */
export const website: Provider = {
  id: 'website',
  title: 'Website',
  receiver: {
    // The specification asks for less than 20 KB.
    maxBodyBytes: 1024 * 1024,
    settings: {},
    secretSettings: {
      secrets: 'the secrets that it may sign with, whsec_... or plain text; several while one is replaced',
    },
    keepHeaders: ['content-type', 'user-agent', 'webhook-id', 'webhook-signature', 'webhook-timestamp'],
    makeSecret,
    verify,
    parse,
    describe,
  },
  sign,
  renew,
}
