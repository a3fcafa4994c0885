import { resolveTxt } from 'node:dns/promises'
import type { Bus } from '../../../backends/backend.ts'
import type { Store } from '../../../backends/store.ts'
import type { ApiCall } from '../../../core/api-call.ts'
import type { CheckResult } from '../../../core/check.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Config } from '../../../core/config.ts'
import type { Ids, RandomBytes } from '../../../core/ids.ts'
import type { Log } from '../../../core/log.ts'
import type { EmailApi } from '../../http/api.ts'
import type { AnswerQuestion } from '../answer-question.ts'
import type { DigestMailer } from '../digest/send-digest.ts'
import type { Dispatcher } from '../dispatcher.ts'
import { checkEmail, type ResolveTxt } from './check-email.ts'
import { createDigestMailer } from './digest-mailer.ts'
import { createEmailApi } from './email-api.ts'
import { createEmailDispatcher } from './email-dispatcher.ts'
import { createMailMessenger } from './mail-messenger.ts'
import type { OperatorAlert } from './operator-alert.ts'
import { createPageTokens, DIGESTS } from './page-tokens.ts'
import { createAnswerPage } from './pages/answer-page.ts'
import { createPages } from './pages/pages.ts'
import { createStopPage } from './pages/stop-page.ts'
import { readEmailSettings, type EmailSettings } from './read-settings.ts'
import { openTemplates } from './render/templates.ts'
import type { SmtpSender } from './smtp-sender.ts'

export interface EmailOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly randomBytes: RandomBytes
  readonly config: Pick<Config, 'smtp' | 'email'>
  readonly record: (call: ApiCall) => void
  /** Where people reach `/a/` and `/u/`; null = nowhere, and mail has no such links. */
  readonly base: () => string | null
  /** Tells the operator what he has to mend; not more often than each thing needs. */
  readonly tellOperator: (alert: OperatorAlert) => void
  readonly answer: AnswerQuestion
  /** Resolves when the delivery goes by what is now known of a user. */
  readonly changed: (userId: string) => Promise<void>
  readonly resolveTxt?: ResolveTxt
}

/** Mail as a whole: the dispatcher, the pages that it links to, what the API asks of it. */
export interface Email {
  /** Null = no mail server is set up, so there is no such channel. */
  readonly dispatcher: Dispatcher | null
  readonly digestMailer: DigestMailer | null
  readonly api: EmailApi
  checks(): Promise<readonly CheckResult[]>
  close(): void
}

export async function openEmail(options: EmailOptions): Promise<Email> {
  const { store, bus, clock, ids, log, randomBytes, record, base } = options
  const settings = readEmailSettings(options.config)
  const { server, from, dkimFault } = settings
  if (dkimFault !== null) log.warn('mail goes out unsigned', { reason: dkimFault })
  if (server !== null && from === null) log.warn('no mail goes out: smtp.from is not set', {})
  const sender = await openSender(settings, clock, record)
  const tokens = createPageTokens({ store, bus, clock, randomBytes })
  const messenger =
    sender === null || from === null
      ? null
      : createMailMessenger({
          store,
          sender,
          templates: openTemplates(settings.templates, ({ file, message }) =>
            log.warn('a template of mail cannot be used', { file, reason: message }),
          ),
          tokens,
          tellOperator: options.tellOperator,
          changed,
          clock,
          base,
          inbox: () => options.config.email.inbox_url,
          host: from.host,
        })
  const checks = () =>
    checkEmail({ settings, sender, base, resolveTxt: options.resolveTxt ?? (name => resolveTxt(name)) })

  async function stopEmail(userId: string, type: string | null): Promise<void> {
    if (type === DIGESTS) await store.putPreferences(userId, { digest: null }, clock.now())
    else await store.stopEmail(userId, type, clock.now())
    await changed([userId])
  }

  async function changed(users: readonly string[]): Promise<void> {
    for (const id of users) {
      bus.publish('changed', { what: 'user', id })
      await options.changed(id)
    }
  }

  return {
    dispatcher: messenger === null ? null : createEmailDispatcher({ store, messenger, checks }),
    digestMailer: messenger === null ? null : createDigestMailer({ store, messenger }),
    api: createEmailApi({
      store,
      messenger,
      clock,
      ids,
      changed,
      pages: createPages({
        tokens,
        answers: createAnswerPage({ store, answer: options.answer }),
        stops: createStopPage({ store, stopEmail }),
        log,
      }),
    }),
    checks,
    close() {
      tokens.close()
      sender?.close()
    },
  }
}

/** Loads what speaks SMTP only where there is somebody to speak with. */
async function openSender(
  { server, from, dkim }: EmailSettings,
  clock: Clock,
  record: EmailOptions['record'],
): Promise<SmtpSender | null> {
  if (server === null || from === null) return null
  const { createSmtpSender } = await import('./smtp-sender.ts')
  return createSmtpSender({ server, from, dkim, clock, record })
}
