import { command, type Command } from '../command.ts'
import { choice, on, one, required, text, texts } from '../flags.ts'
import { PAGE_FLAGS } from '../page-flags.ts'
import { LEVELS } from '../../core/event.ts'

/** Mail: the server that takes it, how it looks, and the addresses that it does not reach. */
export const EMAIL_COMMANDS: Readonly<Record<string, Command>> = {
  'setup email': command({
    summary: 'say which mail server takes our mail, once it does',
    description:
      'Connects with TLS where there is TLS, logs in, and only then keeps the settings in your configuration file, which its owner alone can read. Without --smtp the server is that of EC_SMTP_URL, so that the password need not stand on the command line.',
    examples: [
      'ec setup email --smtp smtp://ec%40example.org:PASSWORD@mail.example.org --from "EventCenter <ec@example.org>"',
      'ec setup email --smtp smtp://localhost:25 --dry-run',
    ],
    flags: {
      smtp: text('url', 'the mail server: smtp:// or smtps://, with user and password'),
      from: text('sender', 'who mail comes from, as "EventCenter <ec@example.org>"'),
      dryRun: on('try the server, keep nothing'),
    },
    load: async () => (await import('../../commands/email/set-up.ts')).setUpEmail,
  }),
  'email preview': command({
    summary: 'show a mail as it would look; needs no agent',
    examples: [
      'ec email preview --type action.required --service notes --lang es',
      'ec email preview --type job.done --open mail.html',
      'ec email preview --digest --lang ru',
    ],
    exits: { 1: 'a template of your own could not be used' },
    flags: {
      type: text('type', 'type of the event', 'event type'),
      digest: on('the mail that gathers several, of the samples of all types'),
      service: text('name', 'the service that it comes from', 'service'),
      lang: text('tag', 'language, as en, ru or es'),
      user: text('id', 'as this user would get it; asks the agent', 'user'),
      title: text('text', "title instead of the sample's"),
      body: text('text', "body instead of the sample's"),
      level: choice(LEVELS, 'how loud it is'),
      cta: text('label=url', 'its call to action'),
      data: texts('name=text', 'a field of data, name:=json for another kind than text; may be repeated'),
      dataJson: text('json', 'data as one JSON object'),
      html: on('print the HTML'),
      text: on('print the text alone'),
      open: text('file', 'write the HTML to a file, for a browser', 'file'),
    },
    load: async () => (await import('../../commands/email/preview.ts')).previewMail,
  }),
  'email test': command({
    summary: 'send a test mail to a user, and say what the mail server answered',
    examples: ['ec email test --user ana'],
    flags: { user: required(text('id', 'whose address', 'user')) },
    load: async () => (await import('../../commands/email/addresses.ts')).testMail,
  }),
  'email suppressed': command({
    summary: 'list the addresses that get no mail any more',
    examples: ['ec email suppressed'],
    flags: PAGE_FLAGS,
    load: async () => (await import('../../commands/email/addresses.ts')).listSuppressed,
  }),
  'email lift': command({
    summary: 'send to an address again',
    examples: ['ec email lift ana@example.org'],
    args: { address: one('an address, from `ec email suppressed`', 'suppressed address') },
    load: async () => (await import('../../commands/email/addresses.ts')).liftAddress,
  }),
}
