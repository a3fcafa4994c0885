import { command, type Command } from '../command.ts'
import { fromSetting, off, on, one, text, texts } from '../flags.ts'
import { PAGE_FLAGS } from '../page-flags.ts'

const ONE_ACCOUNT = one('id of an account, from `ec accounts list`', 'account')

/** Who is signed in where, and how that is begun. */
export const ACCOUNTS_COMMANDS: Readonly<Record<string, Command>> = {
  'setup google': command({
    summary: 'sign an account of Google in, and watch its calendars and its inbox',
    description:
      'Opens a page in your browser, sets up at Google what announces changes, and adds what is chosen. Doing it again changes only what is not as it should be. An OAuth client has to be there: docs/setup-google.md tells how, in five minutes.',
    examples: [
      'ec setup google --client-file ./client_secret.json',
      'ec setup google --account ana@example.com --calendar primary --calendar Family',
      'ec setup google --no-gmail --paste',
      'ec setup google --dry-run',
      'ec setup google --undo --account ana@example.com',
    ],
    exits: {
      3: 'there is no OAuth client, or the consent lacks something',
      4: 'a step was refused or is left to you, as it says; or the consent was not given',
      6: 'there is no such calendar or account',
    },
    seeAlso: ['accounts list', 'resources list', 'doctor'],
    flags: {
      user: fromSetting('user', text('id', 'whose events it makes', 'user')),
      account: text('address', 'this account; one that is signed in is not asked for a consent again', 'account'),
      clientFile: text('file', 'the OAuth client, as Google gives it for download', 'file'),
      project: text('id', 'the project of Google Cloud; the file of the client names it'),
      serviceAccount: text('email', 'who signs what Pub/Sub pushes; without it, it is pulled from'),
      calendar: texts('name', 'a calendar by name or id, or `primary`, `all`, `none`; may be repeated'),
      gmail: off('leave the inbox out'),
      paste: on('the browser is on another machine: paste the address that it ends at'),
      dryRun: on('say what would be done; asks nobody'),
      undo: on('take everything back'),
    },
    load: async () => (await import('../../commands/setup-google/run-setup.ts')).setUpGoogle,
  }),
  'accounts list': command({
    summary: 'list accounts',
    examples: ['ec accounts list', 'ec accounts list --user ana --json'],
    flags: { user: text('id', 'of this user', 'user'), ...PAGE_FLAGS },
    load: async () => (await import('../../commands/accounts.ts')).listAccounts,
  }),
  'accounts show': command({
    summary: 'show an account: what it allows, and how it is set up',
    examples: ['ec accounts show 0192f0c1-0000-7000-8000-000000000000'],
    args: { id: ONE_ACCOUNT },
    load: async () => (await import('../../commands/accounts.ts')).showAccount,
  }),
  'accounts remove': command({
    summary: 'stop what an account watches, end its consent, and remove it with its resources',
    examples: ['ec accounts remove 0192f0c1-0000-7000-8000-000000000000'],
    seeAlso: ['setup google'],
    args: { id: ONE_ACCOUNT },
    load: async () => (await import('../../commands/accounts.ts')).removeAccount,
  }),
}
