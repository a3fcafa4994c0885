import type { Store } from '../../../backends/store.ts'
import { maskAddress } from '../../../core/mailbox.ts'
import type { DigestMailer } from '../digest/send-digest.ts'
import type { MailMessenger } from './mail-messenger.ts'
import { plainOutcome } from './plain-outcome.ts'

/** Mails digests to the address of their user as it is at the moment of sending. */
export function createDigestMailer(options: {
  readonly store: Pick<Store, 'getMailbox'>
  readonly messenger: MailMessenger
}): DigestMailer {
  const { store, messenger } = options

  return {
    async mailDigest(userId, digest, attempt, signal) {
      const mailbox = await store.getMailbox(userId)
      if (mailbox === null || mailbox.suppressed !== null) {
        return { outcome: { type: 'gone', reason: 'there is no address that takes mail' }, label: '' }
      }
      const outcome = await messenger.mailDigest(digest, mailbox, attempt, signal)
      return { outcome: plainOutcome(outcome), label: maskAddress(mailbox.address) }
    },
  }
}
