import type { Provider } from '../provider.ts'
import { answerHandshake } from './handshake.ts'
import { describe } from './map.ts'
import { renew } from './renew.ts'
import { sign } from './sign.ts'
import { parse, verify } from './webhook.ts'

/** Notion: webhooks of a connection. They are made in Notion's own pages only; a handshake brings the secret here. */
export const notion: Provider = {
  id: 'notion',
  title: 'Notion',
  receiver: {
    proof: 'handshake',
    // An event names ids only; a large edit names many blocks.
    maxBodyBytes: 1024 * 1024,
    statuses: { accepted: 200 },
    settings: { workspace: 'id of the workspace; events of any other are refused (default: all are taken)' },
    keepHeaders: ['content-type', 'user-agent', 'x-notion-signature'],
    challenge: answerHandshake,
    verify,
    parse,
    describe,
  },
  sign,
  renew,
}
