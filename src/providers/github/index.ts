import type { Provider } from '../provider.ts'
import { describe } from './map.ts'
import { parse, renew, sign, verify } from './webhook.ts'

/** GitHub: webhooks of a repository, an organisation or an app. */
export const github: Provider = {
  id: 'github',
  title: 'GitHub',
  receiver: {
    // GitHub does not send a larger payload at all.
    maxBodyBytes: 25 * 1024 * 1024,
    settings: { repository: 'owner/name; deliveries of any other repository are refused (default: all are taken)' },
    keepHeaders: [
      'content-type',
      'user-agent',
      'x-github-delivery',
      'x-github-enterprise-host',
      'x-github-enterprise-version',
      'x-github-event',
      'x-github-hook-id',
      'x-github-hook-installation-target-id',
      'x-github-hook-installation-target-type',
      'x-hub-signature-256',
    ],
    verify,
    parse,
    describe,
  },
  sign,
  renew,
}
