import type { Clock } from '../../../core/clock.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Mailbox } from '../../../core/mailbox.ts'
import type { Store } from '../../../backends/store.ts'
import { linksOf } from './mail-links.ts'
import { suppressedAlert, troubleAlert, type OperatorAlert } from './operator-alert.ts'
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
  readonly tellOperator: (alert: OperatorAlert) => void
  /** Told of users who can be mailed no more, or again. */
  readonly changed: (users: readonly string[]) => Promise<void>
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
  const { store, sender, templates, tokens, tellOperator, changed, clock, base, host } = options

  async function suppress(address: string, reason: string): Promise<void> {
    const users = await store.suppressAddress(address, reason, clock.now())
    if (users === null) return
    await changed(users)
    tellOperator(suppressedAlert(address, reason, clock.now()))
  }

  return {
    async mail(event, { user, address }, attempt, signal) {
      const now = clock.now()
      if (event.expires_at !== undefined && Date.parse(event.expires_at) <= now) {
        return { type: 'rejected', reason: 'the event has expired' }
      }
      const links = await linksOf(event, { base: base(), tokens, now })
      const mail = renderMail(templates, { event, reader: user, links, host })
      const outcome = outcomeOf(await sender.send({ to: { address, name: user.name }, mail, attempt }, signal))
      if (outcome.type === 'our_trouble') tellOperator(troubleAlert(outcome.cause, outcome.reason, clock.now()))
      if (outcome.type === 'bad_address') await suppress(address, outcome.reason)
      return outcome
    },
  }
}
