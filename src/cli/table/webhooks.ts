import { command, type Command } from '../command.ts'
import { any, choice, fromSetting, on, one, since, text, texts, whole, withDefault } from '../flags.ts'
import { PAGE_FLAGS } from '../page-flags.ts'
import { NOTIFICATION_STATES } from '../../core/notification.ts'

const ONE_RESOURCE = one('id of a resource, from `ec resources list`', 'resource')

/** What providers send: where it comes in, what became of it, and how to try it. */
export const WEBHOOKS_COMMANDS: Readonly<Record<string, Command>> = {
  'resources list': command({
    summary: 'list resources',
    examples: ['ec resources list', 'ec resources list --provider github --json'],
    flags: {
      provider: text('name', 'of this provider', 'provider'),
      user: text('id', 'of this user', 'user'),
      ...PAGE_FLAGS,
    },
    load: async () => (await import('../../commands/resources.ts')).listResources,
  }),
  'resources show': command({
    summary: 'show a resource with its webhook URL',
    examples: [
      'ec resources show 0192f0c1-0000-7000-8000-000000000000',
      'ec resources show 0192f0c1-0000-7000-8000-000000000000 --secret',
    ],
    args: { id: ONE_RESOURCE },
    flags: { secret: on('print the token that the service sent in its handshake, and nothing else') },
    load: async () => (await import('../../commands/resources.ts')).showResource,
  }),
  'resources add': command({
    summary: 'watch something: makes a webhook URL and a secret for it',
    description:
      'Prints the webhook URL to give to the provider. Without --secret-file a secret is made and shown this once; ' +
      'Notion sends one itself.',
    examples: [
      'ec resources add github --user me --name my-repository',
      'ec resources add calcom --user me --secret-file ./calcom.secret --json',
      'ec resources add google-calendar --account 0192f0c1-0000-7000-8000-000000000000 --target primary',
      'ec resources add microsoft --user me --set subscription_id=7f105c7d-2dc5-4530-97cd-4e7ae6534c07',
    ],
    args: { provider: one('github, calcom, gmail, google-calendar, microsoft, notion or website', 'provider') },
    flags: {
      user: fromSetting('user', text('id', 'whose it is', 'user')),
      name: text('name', 'what you call it'),
      secretFile: text('file', 'a file with the secret that the provider signs with; - reads stdin', 'file'),
      account: text('id', 'read it with this account, from `ec accounts list`', 'account'),
      target: text('id', 'what of the account it is: a calendar, a mailbox'),
      set: texts(
        'name=value',
        'a setting of the provider, as repository=owner/name; may be repeated',
        'provider setting',
      ),
    },
    load: async () => (await import('../../commands/resources.ts')).addResource,
  }),
  'resources set': command({
    summary: 'change its name, settings or secret; the webhook URL stays',
    description:
      'What is not given stays. --keep-secret takes the secret so far beside the new one, so that nothing is refused while the provider gets it; the next change ends that.',
    examples: [
      'ec resources set 0192f0c1-0000-7000-8000-000000000000 --secret-file ./github.secret',
      'ec resources set 0192f0c1-0000-7000-8000-000000000000 --new-secret --keep-secret',
      'ec resources set 0192f0c1-0000-7000-8000-000000000000 --set repository=owner/name',
    ],
    seeAlso: ['notifications why', 'replay'],
    args: { id: ONE_RESOURCE },
    flags: {
      name: text('name', 'what you call it'),
      set: texts('name=value', 'a setting of the provider; an empty value takes it away', 'resource setting'),
      secretFile: text('file', 'a file with the secret that the provider signs with; - reads stdin', 'file'),
      newSecret: on('make a secret and show it this once'),
      keepSecret: on('take the newest secret so far as well'),
    },
    exits: { 4: 'the provider takes no such setting or secret' },
    load: async () => (await import('../../commands/set-resource.ts')).setResource,
  }),
  'resources remove': command({
    summary: 'stop watching; the webhook URL is gone',
    examples: ['ec resources remove 0192f0c1-0000-7000-8000-000000000000'],
    args: { id: ONE_RESOURCE },
    load: async () => (await import('../../commands/resources.ts')).removeResource,
  }),
  'resources pause': command({
    summary: 'keep what comes in without processing it',
    examples: ['ec resources pause 0192f0c1-0000-7000-8000-000000000000'],
    args: { id: ONE_RESOURCE },
    load: async () => (await import('../../commands/resources.ts')).pauseResource,
  }),
  'resources resume': command({
    summary: 'process again, beginning with what was kept',
    examples: ['ec resources resume 0192f0c1-0000-7000-8000-000000000000'],
    args: { id: ONE_RESOURCE },
    load: async () => (await import('../../commands/resources.ts')).resumeResource,
  }),
  'notifications list': command({
    summary: 'list webhook notifications, refused ones too',
    examples: ['ec notifications list', 'ec notifications list --state quarantined --since 24h'],
    flags: {
      provider: text('name', 'of this provider', 'provider'),
      resource: text('id', 'of this resource', 'resource'),
      state: choice(NOTIFICATION_STATES, 'in this state'),
      since: since('received since an instant, or for a time as 24h'),
      ...PAGE_FLAGS,
    },
    load: async () => (await import('../../commands/notifications.ts')).listNotifications,
  }),
  'notifications show': command({
    summary: 'show a notification with the request that brought it',
    examples: ['ec notifications show ntf_17'],
    args: { id: one('id of a notification', 'notification') },
    load: async () => (await import('../../commands/notifications.ts')).showNotification,
  }),
  'notifications why': command({
    summary: 'say why a notification is where it is',
    examples: ['ec notifications why ntf_17'],
    args: { id: one('id of a notification', 'notification') },
    exits: { 6: 'there is no such notification' },
    seeAlso: ['replay', 'events explain'],
    load: async () => (await import('../../commands/notifications.ts')).explainNotification,
  }),
  replay: command({
    summary: 'send recorded requests again, and compare what comes of them',
    description:
      'Fixtures go to a resource that is made for them in passing, a stored notification to its own. The notification key stays, so the second time is a duplicate, which counts as a match.',
    examples: [
      'ec replay fixtures/',
      'ec replay ntf_17 --again',
      'ec replay --since 2h --provider github',
      'ec replay fixtures/github/push.json --to http://localhost:3000/hook --set body.ref=refs/heads/dev',
    ],
    exits: { 5: 'something differs from what was expected', 6: 'no fixture or notification matched' },
    seeAlso: ['capture', 'notifications list', 'notifications why'],
    args: { what: any('a fixture, a folder of them, or the id of a stored notification', 'notification or file') },
    flags: {
      to: text('url', 'send to this address; only the status is compared, and fixtures need no agent'),
      resource: text('id', 'send to this resource', 'resource'),
      since: since('stored notifications since an instant, or of a time as 2h'),
      provider: text('name', 'of this provider only', 'provider'),
      set: texts(
        'path=value',
        'another value, as body.payload.title=Lunch or headers.x-github-event=ping; signs again',
      ),
      reSign: on('sign again, with a fresh timestamp; of what was refused only what is named'),
      again: on('with a new notification key, so that its effects are repeated'),
      times: withDefault('1', whole('n', 'each so many times, one after another', 1, 10_000)),
      dryRun: on('show what would be sent, and send nothing'),
    },
    load: async () => (await import('../../commands/replay/run-replay.ts')).runReplay,
  }),
  capture: command({
    summary: 'print a stored notification as a fixture, without secrets and people',
    description:
      'Secrets, addresses, phone numbers and names are replaced in place, the same one always by the same placeholder, and the request is signed with a secret that is made up for it. Look it over before you commit it.',
    examples: ['ec capture ntf_17 > fixtures/github/push.json', 'ec capture ntf_17 --keep body.repository.full_name'],
    args: { id: one('id of a notification', 'notification') },
    flags: { keep: texts('path', 'leave what stands there as it is, as body.sender.login') },
    load: async () => (await import('../../commands/capture/run-capture.ts')).runCapture,
  }),
}
