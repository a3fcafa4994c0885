import type { Provider } from '../provider.ts'
import { describe } from './map.ts'
import { parse, sign, verify } from './webhook.ts'

/** Cal.com: webhooks of a user, a team or an event type. */
export const calcom: Provider = {
  id: 'calcom',
  title: 'Cal.com',
  receiver: {
    // A booking is a few KB; a form with long answers may be more.
    maxBodyBytes: 1024 * 1024,
    settings: {},
    keepHeaders: ['content-type', 'user-agent', 'x-cal-signature-256', 'x-cal-webhook-version'],
    verify,
    parse,
    describe,
  },
  // Its key is the hash of the body, so there is no `renew`: another notification is another body.
  sign,
}
