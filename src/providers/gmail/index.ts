import type { Provider } from '../provider.ts'
import { lacks } from './lacks.ts'
import { describe } from './map.ts'
import { renew } from './renew.ts'
import { sign } from './sign.ts'
import { concerns, parse } from './webhook.ts'
import { verify } from './verify.ts'

/** Gmail: changes of a mailbox, which Cloud Pub/Sub pushes with a token that Google signs. */
export const gmail: Provider = {
  id: 'gmail',
  title: 'Gmail',
  sign,
  renew,
  receiver: {
    // Gmail's own messages have a few hundred bytes.
    maxBodyBytes: 1024 * 1024,
    // Pub/Sub sends everything but a success again, for days: what is authentic and useless is taken, and set aside.
    statuses: { accepted: 204, malformed: 204 },
    proof: 'key',
    vouchesFor: 'sender',
    settings: {
      service_account: 'e-mail of the service account that the push subscription signs with; required',
      audience: 'the audience of the push subscription (default: the webhook URL of the resource)',
      email: 'the mailbox that is watched; notifications of any other are set aside (default: all are taken)',
      keys: "a JWKS of public keys, trusted in the place of Google's: for emulators",
    },
    // Authorization carries a token that is good for an hour, so it is not kept.
    keepHeaders: [
      'content-type',
      'user-agent',
      'x-goog-pubsub-message-id',
      'x-goog-pubsub-publish-time',
      'x-goog-pubsub-subscription-name',
    ],
    lacks,
    verify,
    parse,
    concerns,
    describe,
  },
}
