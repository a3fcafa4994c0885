import type { Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import { EcError } from '../../../core/errors.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Ids } from '../../../core/ids.ts'
import { maskAddress } from '../../../core/mailbox.ts'
import type { User } from '../../../core/user.ts'
import type { EmailApi, PageApi } from '../../http/api.ts'
import type { MailMessenger } from './mail-messenger.ts'
import { pickLanguage } from './words/language.ts'
import { WORDS } from './words/words.ts'

export function createEmailApi(options: {
  readonly store: Pick<Store, 'getMailbox' | 'listSuppressed' | 'liftAddress'>
  /** Null = no mail server is set up. */
  readonly messenger: MailMessenger | null
  readonly clock: Clock
  readonly ids: Ids
  /** Told of users who can be mailed again. */
  readonly changed: (users: readonly string[]) => Promise<void>
  readonly pages: PageApi
}): EmailApi {
  const { store, messenger, clock, ids, changed, pages } = options

  return {
    pages,
    async test(userId) {
      if (messenger === null) {
        throw new EcError('EC_NOT_FOUND', 'this agent has no mail server', {
          hint: '`ec setup email --smtp smtp://...`; an agent that runs already has to be started anew',
        })
      }
      const mailbox = await store.getMailbox(userId)
      if (mailbox === null) {
        throw new EcError('EC_NOT_FOUND', 'this user has no address', {
          hint: `\`ec users set ${userId} --email ADDRESS\``,
        })
      }
      // A test goes to a suppressed address too: it is the way to see whether that is still so.
      const event = trialEvent(mailbox.user, ids, clock)
      const outcome = await messenger.mail(event, mailbox, 1, new AbortController().signal)
      const reason = outcome.type === 'delivered' ? null : outcome.reason
      return { user: userId, address: maskAddress(mailbox.address), outcome: outcome.type, reason }
    },
    suppressed: query => store.listSuppressed(query),
    async lift(address) {
      const users = await store.liftAddress(address)
      if (users !== null) return changed(users)
      throw new EcError('EC_NOT_FOUND', 'this address is not suppressed', { hint: 'list them: `ec email suppressed`' })
    },
  }
}

/** Stands in no history: it is a question to the way, not news. */
function trialEvent({ id, lang }: User, ids: Ids, clock: Clock): EcEvent {
  const { title, body } = WORDS[pickLanguage(lang)].test
  return {
    id: ids.next('evt'),
    user_id: id,
    type: 'email.test',
    title,
    body,
    level: 'info',
    created_at: new Date(clock.now()).toISOString(),
    service: 'ec',
  }
}
