import type { Clock } from '../../../core/clock.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Mailbox } from '../../../core/mailbox.ts'
import type { Store } from '../../../backends/store.ts'
import { linksOf } from './mail-links.ts'
import type { OperatorWord } from './operator-word.ts'
import { outcomeOf, type MailOutcome } from './outcome-of.ts'
import type { PageTokens } from './page-tokens.ts'
import { renderMail } from './render/render-mail.ts'
import type { Templates } from './render/templates.ts'
import type { SmtpSender } from './smtp-sender.ts'

export interface MailMessengerOptions {
  readonly store: Pick<Store, 'suppressAddress'>
  readonly sender: SmtpSender
  readonly templates: Templates
  readonly tokens: PageTokens
  readonly word: OperatorWord
  readonly clock: Clock
  /** Where people reach the pages; null = nowhere. */
  readonly base: () => string | null
  /** The domain of the sender. */
  readonly host: string
}

/** From an event to the answer of the mail server, and to whoever has to know of it. */
export interface MailMessenger {
  /** One try, counted from 1. Settles within the sender's deadline. */
  mail(event: EcEvent, to: Mailbox, attempt: number, signal: AbortSignal): Promise<MailOutcome>
}

export function createMailMessenger(options: MailMessengerOptions): MailMessenger {
  const { store, sender, templates, tokens, word, clock, base, host } = options

  return {
    async mail(event, { user, address }, attempt, signal) {
      const now = clock.now()
      if (event.expires_at !== undefined && Date.parse(event.expires_at) <= now) {
        return { type: 'rejected', reason: 'the event has expired' }
      }
      const links = await linksOf(event, { base: base(), tokens, now })
      const mail = renderMail(templates, { event, reader: user, links, host })
      const outcome = outcomeOf(await sender.send({ to: { address, name: user.name }, mail, attempt }, signal))
      if (outcome.type === 'our_trouble') word.trouble(outcome.cause, outcome.reason)
      if (outcome.type === 'bad_address' && (await store.suppressAddress(address, outcome.reason, clock.now()))) {
        word.suppressed(address, outcome.reason)
      }
      return outcome
    },
  }
}
