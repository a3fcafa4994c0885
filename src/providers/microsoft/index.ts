import type { Provider } from '../provider.ts'
import { answerValidation } from './handshake.ts'
import { describe } from './map.ts'
import { renew } from './renew.ts'
import { sign } from './sign.ts'
import { parse, verify } from './webhook.ts'

/** Microsoft Graph: change notifications of calendars and mailboxes, basic ones; what is encrypted in a rich one is left alone. */
export const microsoft: Provider = {
  id: 'microsoft',
  title: 'Microsoft',
  receiver: {
    vouchesFor: 'sender',
    // A notification is under 1 KB, and Graph sends some dozens at once at most.
    maxBodyBytes: 1024 * 1024,
    // Graph sends for four hours whatever is not answered with 2xx, and counts the endpoint as a bad one.
    statuses: { malformed: 202 },
    settings: {
      subscription_id: 'id of the subscription; notifications of any other are refused (default: all are taken)',
    },
    secretSettings: { client_state: 'the clientState that the subscription was made with' },
    subpaths: ['lifecycle'],
    keepHeaders: ['content-type', 'user-agent'],
    challenge: answerValidation,
    verify,
    parse,
    describe,
  },
  sign,
  renew,
}
