import type { Provider } from '../provider.ts'
import { discover } from './discover.ts'
import { describe } from './map.ts'
import { reader } from './reader.ts'
import { renew } from './renew.ts'
import { sign } from './sign.ts'
import { subscriptions } from './subscriptions.ts'
import { concerns, parse, verify } from './webhook.ts'

/** Google Calendar: push channels of a calendar's events. A notification has no body and never says what changed. */
export const googleCalendar: Provider = {
  id: 'google-calendar',
  title: 'Google Calendar',
  family: 'google',
  sign,
  renew,
  receiver: {
    vouchesFor: 'sender',
    // Google sends headers alone; whatever else comes is dropped.
    maxBodyBytes: 1024 * 1024,
    settings: {
      channel_id: 'the `id` of the channel, several separated by commas; any other channel is refused (default: any)',
      google_resource_id: 'the `resourceId` that Google answered to the watch; any other is refused (default: any)',
    },
    secretSettings: { token: 'the `token` that the channel was made with' },
    // X-Goog-Channel-Token is the secret itself, so it is not kept.
    keepHeaders: [
      'user-agent',
      'x-goog-channel-expiration',
      'x-goog-channel-id',
      'x-goog-message-number',
      'x-goog-resource-id',
      'x-goog-resource-state',
      'x-goog-resource-uri',
    ],
    verify,
    parse,
    concerns,
    describe,
  },
  reader,
  subscriptions,
  discover,
}
