import type { Provider } from '../provider.ts'
import { discover } from './discover.ts'
import { lacks } from './lacks.ts'
import { describe } from './map.ts'
import { reader } from './reader.ts'
import { renew } from './renew.ts'
import { settingsFrom } from './settings-from.ts'
import { sign } from './sign.ts'
import { stream } from './stream.ts'
import { subscriptions } from './subscriptions.ts'
import { concerns, parse } from './webhook.ts'
import { verify } from './verify.ts'

/** Gmail: what comes into an inbox, announced by Cloud Pub/Sub, which pushes with a token that Google signs or is pulled from. */
export const gmail: Provider = {
  id: 'gmail',
  title: 'Gmail',
  family: 'google',
  reader,
  subscriptions,
  stream,
  settingsFrom,
  discover,
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
      announce: 'with an account: `all` tells of promotions and social mail too (default: of other mail alone)',
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
