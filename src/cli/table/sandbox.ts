import { SANDBOX_ACTIONS, SANDBOX_FAULTS } from '../../core/sandbox-words.ts'
import { command, type Command } from '../command.ts'
import { choice, duration, oneOf, text, texts, whole, withDefault } from '../flags.ts'

const SET = texts('key=value', 'a field; dots go into objects, and the value may be JSON')
const WHERE = 'Speaks with the sandbox of this data folder, or with the one at --url.'

/** Stand-ins of the providers. */
export const SANDBOX_COMMANDS: Readonly<Record<string, Command>> = {
  sandbox: command({
    summary: 'run stand-ins of Google Calendar, Gmail, Pub/Sub and the sign-in, which really push',
    description:
      'Serves on loopback alone until it is told to stop, and prints the variables that point ec there. Everything lives in memory and is gone with it. What it does not imitate stands in docs/sandbox.md.',
    examples: ['ec sandbox --life busy-week', 'ec sandbox --port 0 --seed 7 --json'],
    exits: { 0: 'it was asked to stop' },
    seeAlso: ['sandbox mutate', 'sandbox fault', 'sandbox clock', 'sandbox log', 'sandbox state', 'sandbox manners'],
    flags: {
      port: withDefault('8790', whole('port', 'listen on this port, 0 for a free one', 0, 65_535)),
      seed: withDefault('1', whole('number', 'the same seed makes the same ids and accidents', 0, 2 ** 32 - 1)),
      life: choice(['busy-week'], 'keep calendars and mail moving'),
      every: withDefault('20s', duration('between two things that happen, on average')),
      rate: withDefault('1', whole('number', 'how fast its clock goes; 0 = only when it is moved', 0, 100_000)),
      account: texts('email', 'somebody who has a calendar and a mailbox (default ana@example.com)'),
    },
    load: async () => (await import('../../commands/sandbox/run-sandbox.ts')).runSandbox,
  }),
  'sandbox mutate': command({
    summary: 'do something in the sandbox, as if somebody else had done it',
    description: `It is told to whoever watches. ${WHERE}`,
    examples: [
      'ec sandbox mutate event.create --set event.summary=Dentist',
      'ec sandbox mutate mail.receive --set "subject=A question"',
      'ec sandbox mutate calendar.expire-tokens',
    ],
    seeAlso: ['sandbox state', 'sandbox log'],
    args: { action: oneOf(SANDBOX_ACTIONS, 'what to do') },
    flags: { set: SET },
    load: async () => (await import('../../commands/sandbox/change-sandbox.ts')).mutateSandbox,
  }),
  'sandbox fault': command({
    summary: 'order something that goes wrong; `list` shows what is ordered, `clear` ends it',
    description: `Requests are what comes to the sandbox, pushes are what it sends. ${WHERE}`,
    examples: [
      'ec sandbox fault drop --on push --percent 20',
      'ec sandbox fault status --status 429 --retry-after 2 --times 3 --operation "calendar.events.*"',
      'ec sandbox fault clear',
    ],
    seeAlso: ['sandbox log', 'sandbox manners'],
    args: { kind: oneOf([...SANDBOX_FAULTS, 'list', 'clear'], 'what goes wrong') },
    flags: {
      on: withDefault('request', choice(['request', 'push'], 'to what')),
      percent: withDefault('100', whole('number', 'of those that fit, to how many', 0, 100)),
      times: whole('number', 'how often, then never again', 1, 1_000_000),
      status: withDefault('503', whole('number', 'what `status` answers', 400, 599)),
      retryAfter: whole('seconds', 'with this Retry-After', 0, 86_400),
      reason: text('word', "Google's reason, as rateLimitExceeded"),
      delay: withDefault('1s', duration('how long `delay` and `reorder` hold it back')),
      method: text('method', 'only requests by this method'),
      path: text('text', 'only those with this in their path or URL'),
      operation: text('name', 'only this operation, as calendar.events.list or gmail.*'),
      calendar: text('id', 'only those of this calendar'),
      channel: text('id', 'only pushes of this channel'),
      subscription: text('name', 'only those of this Pub/Sub subscription'),
      account: text('email', 'only requests of this account'),
    },
    load: async () => (await import('../../commands/sandbox/change-sandbox.ts')).orderFault,
  }),
  'sandbox clock': command({
    summary: 'see what time it is in the sandbox, or move its clock on',
    description: `What falls due on the way happens in order: retries, expiries, the life of the week. ${WHERE}`,
    examples: ['ec sandbox clock', 'ec sandbox clock --advance 8d', 'ec sandbox clock --rate 60'],
    seeAlso: ['sandbox log'],
    flags: {
      advance: duration('move on by this'),
      rate: whole('number', 'how fast it goes; 0 = only when it is moved', 0, 100_000),
    },
    load: async () => (await import('../../commands/sandbox/change-sandbox.ts')).moveClock,
  }),
  'sandbox log': command({
    summary: 'list the requests that came to the sandbox and the pushes that it sent',
    description: `The last 10,000 are kept. ${WHERE}`,
    examples: ['ec sandbox log', 'ec sandbox log --after 120 --json'],
    seeAlso: ['sandbox state'],
    flags: {
      after: whole('number', 'only those after this one', 0, Number.MAX_SAFE_INTEGER),
      limit: withDefault('50', whole('number', 'at most so many, the last', 1, 10_000)),
    },
    load: async () => (await import('../../commands/sandbox/show-sandbox.ts')).showLog,
  }),
  'sandbox state': command({
    summary: 'see the calendars, mailboxes, watches and subscriptions of the sandbox',
    description: WHERE,
    examples: ['ec sandbox state', 'ec sandbox state --json'],
    seeAlso: ['sandbox log'],
    load: async () => (await import('../../commands/sandbox/show-sandbox.ts')).showState,
  }),
  'sandbox manners': command({
    summary: 'see how the services of the sandbox behave, or change it',
    description: `Quotas, lives of tokens and watches, empty pages, a consent that is refused. ${WHERE}`,
    examples: ['ec sandbox manners', 'ec sandbox manners --set quota_refusal=429 --set consent=refuse'],
    seeAlso: ['sandbox fault'],
    flags: { set: SET },
    load: async () => (await import('../../commands/sandbox/show-sandbox.ts')).showManners,
  }),
}
