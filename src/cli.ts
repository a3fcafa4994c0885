import { command } from './cli/command.ts'
import { any, choice, duration, list, many, off, on, one, required, text, texts, whole } from './cli/flags.ts'
import type { Table } from './cli/help.ts'
import { CHANNEL_HINTS, CHANNELS, EVENT_LIST_STATES, LEVELS } from './core/event.ts'
import { JOB_STATES } from './core/job.ts'
import { NOTIFICATION_STATES } from './core/notification.ts'
import { KEY_SCOPES } from './core/service-key.ts'

const PAGE_FLAGS = {
  limit: whole('n', 'at most so many; 50 unless given', 1, 1000),
  after: text('cursor', 'go on after this place; 0 is the start'),
  before: text('cursor', 'what came before this place'),
} as const

const WHOSE = text('id', 'whose event, where several users have one of this id')
const MANY_EVENTS = many('ids of events')
const ONE_RESOURCE = one('id of a resource, from `ec resources list`')
const ONE_USER = one('id of a user')

/** Every command with its flags and the code that it runs, which is loaded only when it runs. */
export const COMMAND_TABLE: Table = {
  groups: {
    events: 'see events, and say what you did with them',
    notifications: 'see what providers sent',
    resources: 'the repositories, calendars and mailboxes that are watched',
    users: 'the people that events are for',
    keys: 'keys for services',
    jobs: 'work that waits, runs or failed',
    config: 'the configuration and where it comes from',
    features: 'switch parts on and off while the agent runs',
  },
  commands: {
    agent: command({
      summary: 'run the agent',
      description:
        'Serves until it is told to stop. Without a terminal (or with --json) stdout carries one line of NDJSON when it serves and one when it stops, stderr the log as NDJSON.',
      examples: ['ec agent', 'ec agent --port 0 --data-dir ./data', 'ec agent --public-url https://ec.example.org'],
      flags: {
        host: text('address', 'listen on this address; 127.0.0.1 unless configured'),
        port: whole('port', 'listen on this port, 0 for a free one; 8787 unless configured', 0, 65_535),
        publicUrl: text('url', 'where the world reaches the public listener'),
        tui: off('plain lines instead of screens'),
      },
      load: async () => (await import('./commands/agent.ts')).runAgent,
    }),
    emit: command({
      summary: 'make an event',
      description:
        'Without --title the event is a test: what is missing comes from a sample of its type. The user is the one of the configuration (me) unless --user names another. With --file the flags go over every event of the file.',
      examples: [
        'ec emit --type job.done',
        'ec emit --user ana --type task.created --title "Water the plants" --data room=kitchen',
        'ec emit --type system.alert --title "Disk almost full" --level error --data free_gb:=3',
        'ec emit --file events.ndjson',
      ],
      flags: {
        user: text('id', 'whose event it is'),
        type: text(
          'type',
          'job.done, job.progress, action.required, message.new, reminder.due, system.alert, or your own',
        ),
        title: text('text', 'what happened, in a few words'),
        body: text('text', 'more about it'),
        level: choice(LEVELS, 'how loud it is'),
        channels: list('a,b', 'where it goes, whatever the rules say; "" for the history alone', CHANNELS),
        hint: choice(CHANNEL_HINTS, 'where it goes, unless --channels says'),
        cta: text('label=url', 'a button'),
        data: texts('name=text', 'a field of data, name:=json for another kind than text; may be repeated'),
        dataJson: text('json', 'all of data as a JSON object'),
        id: text('id', 'an id of your own: the same event again is not a new one'),
        idempotencyKey: text('key', 'the same request again is not a new one'),
        file: text('file', 'send one JSON event, an array of them, or NDJSON from a file; - reads stdin'),
        wait: on('until it is answered if it is a question, else until it is delivered'),
      },
      load: async () => (await import('./commands/emit.ts')).runEmit,
    }),
    replay: command({
      summary: 'send recorded requests again, and compare what comes of them',
      description:
        'Fixtures go to a resource that is made for them in passing, a stored notification to its own. The notification key stays, so the second time is a duplicate, which counts as a match. Exits with 5 when something differs.',
      examples: [
        'ec replay fixtures/',
        'ec replay ntf_17 --again',
        'ec replay --since 2h --provider github',
        'ec replay fixtures/github/push.json --to http://localhost:3000/hook --set body.ref=refs/heads/dev',
      ],
      args: { what: any('a fixture, a folder of them, or the id of a stored notification') },
      flags: {
        to: text('url', 'send to this address; only the status is compared, and fixtures need no agent'),
        resource: text('id', 'send to this resource'),
        since: text('time', 'stored notifications since an instant, or of a time as 2h'),
        provider: text('name', 'of this provider only'),
        set: texts(
          'path=value',
          'another value, as body.payload.title=Lunch or headers.x-github-event=ping; signs again',
        ),
        reSign: on('sign again, with a fresh timestamp'),
        again: on('with a new notification key, so that its effects are repeated'),
        times: whole('n', 'each so many times, one after another', 1, 10_000),
        dryRun: on('show what would be sent, and send nothing'),
      },
      load: async () => (await import('./commands/replay/run-replay.ts')).runReplay,
    }),
    capture: command({
      summary: 'print a stored notification as a fixture, without secrets and people',
      description:
        'Secrets, addresses, phone numbers and names are replaced in place, the same one always by the same placeholder, and the request is signed with a secret that is made up for it. Look it over before you commit it.',
      examples: ['ec capture ntf_17 > fixtures/github/push.json', 'ec capture ntf_17 --keep body.repository.full_name'],
      args: { id: one('id of a notification') },
      flags: { keep: texts('path', 'leave what stands there as it is, as body.sender.login') },
      load: async () => (await import('./commands/capture/run-capture.ts')).runCapture,
    }),
    status: command({
      summary: 'how the agent is doing',
      examples: ['ec status', 'ec status --json'],
      load: async () => (await import('./commands/status.ts')).showStatus,
    }),
    'events list': command({
      summary: 'list events, the newest unless --after is given',
      examples: ['ec events list', 'ec events list --user ana --level error', 'ec events list --q report --json'],
      flags: {
        user: text('id', 'of this user'),
        type: text('type', 'of this type'),
        service: text('name', 'of this service'),
        level: choice(LEVELS, 'of this level'),
        state: choice(EVENT_LIST_STATES, 'in this state'),
        q: text('text', 'with this text in title or body'),
        ...PAGE_FLAGS,
      },
      load: async () => (await import('./commands/events.ts')).listEvents,
    }),
    'events show': command({
      summary: 'show an event',
      examples: ['ec events show evt_0192f0c1'],
      args: { id: one('id of an event') },
      flags: { user: WHOSE },
      load: async () => (await import('./commands/events.ts')).showEvent,
    }),
    'events tail': command({
      summary: 'show events as they come',
      examples: ['ec events tail', 'ec events tail --user ana --json'],
      flags: {
        user: text('id', 'of this user; the one of the configuration unless given'),
        cursor: text('cursor', 'go on after this item: `cursor` of --json'),
      },
      load: async () => (await import('./commands/tail-events.ts')).tailEvents,
    }),
    'events explain': command({
      summary: 'say where an event went, and why',
      examples: ['ec events explain evt_0192f0c1'],
      args: { id: one('id of an event') },
      flags: { user: WHOSE },
      load: async () => (await import('./commands/events.ts')).explainEvent,
    }),
    'events seen': command({
      summary: 'mark events as seen',
      examples: ['ec events seen evt_0192f0c1'],
      args: { ids: MANY_EVENTS },
      flags: { user: WHOSE },
      load: async () => (await import('./commands/mark-events.ts')).markSeen,
    }),
    'events read': command({
      summary: 'mark events as read',
      examples: ['ec events read evt_0192f0c1 evt_0192f0c2'],
      args: { ids: MANY_EVENTS },
      flags: { user: WHOSE },
      load: async () => (await import('./commands/mark-events.ts')).markRead,
    }),
    'events unread': command({
      summary: 'mark events as unread',
      examples: ['ec events unread evt_0192f0c1'],
      args: { ids: MANY_EVENTS },
      flags: { user: WHOSE },
      load: async () => (await import('./commands/mark-events.ts')).markUnread,
    }),
    'events archive': command({
      summary: 'put events away',
      examples: ['ec events archive evt_0192f0c1'],
      args: { ids: MANY_EVENTS },
      flags: { user: WHOSE },
      load: async () => (await import('./commands/mark-events.ts')).archiveEvents,
    }),
    'events snooze': command({
      summary: 'put events away for a while',
      examples: ['ec events snooze evt_0192f0c1 --for 2h'],
      args: { ids: MANY_EVENTS },
      flags: {
        for: duration('for this long'),
        until: text('instant', 'until this instant, RFC 3339'),
        user: WHOSE,
      },
      load: async () => (await import('./commands/mark-events.ts')).snoozeEvents,
    }),
    'events retract': command({
      summary: 'take events back: they leave every inbox',
      examples: ['ec events retract evt_0192f0c1'],
      args: { ids: MANY_EVENTS },
      flags: { user: WHOSE },
      load: async () => (await import('./commands/mark-events.ts')).retractEvents,
    }),
    'notifications list': command({
      summary: 'list webhook notifications, refused ones too',
      examples: ['ec notifications list', 'ec notifications list --state quarantined --since 24h'],
      flags: {
        provider: text('name', 'of this provider'),
        resource: text('id', 'of this resource'),
        state: choice(NOTIFICATION_STATES, 'in this state'),
        since: text('time', 'received since an instant, or for a time as 24h'),
        ...PAGE_FLAGS,
      },
      load: async () => (await import('./commands/notifications.ts')).listNotifications,
    }),
    'notifications show': command({
      summary: 'show a notification with the request that brought it',
      examples: ['ec notifications show ntf_0192f0c1'],
      args: { id: one('id of a notification') },
      load: async () => (await import('./commands/notifications.ts')).showNotification,
    }),
    'notifications why': command({
      summary: 'say why a notification is where it is',
      examples: ['ec notifications why ntf_0192f0c1'],
      args: { id: one('id of a notification') },
      load: async () => (await import('./commands/notifications.ts')).explainNotification,
    }),
    'resources list': command({
      summary: 'list resources',
      examples: ['ec resources list', 'ec resources list --provider github --json'],
      flags: {
        provider: text('name', 'of this provider'),
        user: text('id', 'of this user'),
        ...PAGE_FLAGS,
      },
      load: async () => (await import('./commands/resources.ts')).listResources,
    }),
    'resources show': command({
      summary: 'show a resource with its webhook URL',
      examples: [
        'ec resources show 0192f0c1-0000-7000-8000-000000000000',
        'ec resources show 0192f0c1-0000-7000-8000-000000000000 --secret',
      ],
      args: { id: ONE_RESOURCE },
      flags: { secret: on('print the token that the service sent in its handshake, and nothing else') },
      load: async () => (await import('./commands/resources.ts')).showResource,
    }),
    'resources add': command({
      summary: 'watch something: makes a webhook URL and a secret for it',
      description:
        'Prints the webhook URL to give to the provider. Without --secret-file a secret is made and shown this once; ' +
        'Notion sends one itself.',
      examples: [
        'ec resources add github --user me --name my-repository',
        'ec resources add calcom --user me --secret-file ./calcom.secret --json',
        'ec resources add microsoft --user me --set subscription_id=7f105c7d-2dc5-4530-97cd-4e7ae6534c07',
      ],
      args: { provider: one('github, calcom, gmail, google-calendar, microsoft, notion or website') },
      flags: {
        user: text('id', 'whose it is; the user of the configuration unless given'),
        name: text('name', 'what you call it'),
        secretFile: text('file', 'a file with the secret that the provider signs with; - reads stdin'),
        set: texts('name=value', 'a setting of the provider, as repository=owner/name; may be repeated'),
      },
      load: async () => (await import('./commands/resources.ts')).addResource,
    }),
    'resources remove': command({
      summary: 'stop watching; the webhook URL is gone',
      examples: ['ec resources remove 0192f0c1-0000-7000-8000-000000000000'],
      args: { id: ONE_RESOURCE },
      load: async () => (await import('./commands/resources.ts')).removeResource,
    }),
    'resources pause': command({
      summary: 'keep what comes in without processing it',
      examples: ['ec resources pause 0192f0c1-0000-7000-8000-000000000000'],
      args: { id: ONE_RESOURCE },
      load: async () => (await import('./commands/resources.ts')).pauseResource,
    }),
    'resources resume': command({
      summary: 'process again, beginning with what was kept',
      examples: ['ec resources resume 0192f0c1-0000-7000-8000-000000000000'],
      args: { id: ONE_RESOURCE },
      load: async () => (await import('./commands/resources.ts')).resumeResource,
    }),
    'users list': command({
      summary: 'list users',
      examples: ['ec users list'],
      flags: PAGE_FLAGS,
      load: async () => (await import('./commands/users.ts')).listUsers,
    }),
    'users show': command({
      summary: 'show a user',
      examples: ['ec users show ana'],
      args: { user: ONE_USER },
      load: async () => (await import('./commands/users.ts')).showUser,
    }),
    'users set': command({
      summary: 'make a user, or change what is known about one',
      examples: ['ec users set ana --name "Ana" --tz Europe/Madrid', 'ec users set ana --email ""'],
      args: { user: ONE_USER },
      flags: {
        name: text('name', 'what the person is called'),
        email: text('address', 'where mail goes'),
        tz: text('zone', 'time zone, as Europe/Madrid'),
        lang: text('tag', 'language, as en or pt-BR'),
      },
      load: async () => (await import('./commands/users.ts')).setUser,
    }),
    'users export': command({
      summary: 'everything that is kept about a user, as one JSON document',
      examples: ['ec users export ana > ana.json'],
      args: { user: ONE_USER },
      load: async () => (await import('./commands/users.ts')).exportUser,
    }),
    'users erase': command({
      summary: 'remove a user with all events, states and traces',
      examples: ['ec users erase ana --yes'],
      args: { user: ONE_USER },
      flags: { yes: on('do not ask') },
      load: async () => (await import('./commands/users.ts')).eraseUser,
    }),
    'keys create': command({
      summary: 'make a key for a service; it is shown this once',
      examples: [
        'ec keys create --name deploys --scope emit --types "deploy.*" --max-level error',
        'ec keys create --name laptop --scope operate --json',
      ],
      flags: {
        name: required(text('name', 'what you call it')),
        scope: required(list('a,b', 'what it may do', KEY_SCOPES)),
        types: list('a,b', 'types that it may emit, as deploy.*; all unless given'),
        users: list('a,b', 'users that it may emit to; all unless given'),
        maxLevel: choice(LEVELS, 'the loudest level that it may use'),
        callback: text('url', 'where answers to its questions go'),
      },
      load: async () => (await import('./commands/keys.ts')).createKey,
    }),
    'keys list': command({
      summary: 'list keys',
      examples: ['ec keys list'],
      load: async () => (await import('./commands/keys.ts')).listKeys,
    }),
    'keys revoke': command({
      summary: 'take a key back',
      examples: ['ec keys revoke key_0192f0c1'],
      args: { id: one('id of a key, from `ec keys list`') },
      load: async () => (await import('./commands/keys.ts')).revokeKey,
    }),
    token: command({
      summary: 'make a token that reads and answers as a user',
      examples: ['ec token ana', 'ec token ana --ttl 12h'],
      args: { user: ONE_USER },
      flags: { ttl: duration('how long it is good; 1h unless given') },
      load: async () => (await import('./commands/token.ts')).createToken,
    }),
    'jobs list': command({
      summary: 'list jobs',
      examples: ['ec jobs list', 'ec jobs list --state dead'],
      flags: {
        state: choice(JOB_STATES, 'in this state'),
        kind: text('kind', 'of this kind'),
        group: text('group', 'of this group'),
        ...PAGE_FLAGS,
      },
      load: async () => (await import('./commands/jobs.ts')).listJobs,
    }),
    'jobs show': command({
      summary: 'show a job',
      examples: ['ec jobs show job_0192f0c1'],
      args: { id: one('id of a job') },
      load: async () => (await import('./commands/jobs.ts')).showJob,
    }),
    'jobs retry': command({
      summary: 'give a dead job a fresh set of attempts',
      examples: ['ec jobs retry job_0192f0c1'],
      args: { id: one('id of a job') },
      load: async () => (await import('./commands/jobs.ts')).retryJob,
    }),
    calls: command({
      summary: 'requests to providers, counted',
      examples: ['ec calls', 'ec calls --since 7d --json'],
      flags: { since: duration('over this time; 24h unless given') },
      load: async () => (await import('./commands/calls.ts')).listCalls,
    }),
    'config list': command({
      summary: 'every setting, and where it comes from',
      examples: ['ec config list', 'EC_HTTP_PORT=9000 ec config list'],
      load: async () => (await import('./commands/config.ts')).listConfig,
    }),
    'config check': command({
      summary: 'look for mistakes in the configuration',
      examples: ['ec config check', 'ec config check --config ./ec.config.yaml'],
      load: async () => (await import('./commands/config.ts')).checkConfig,
    }),
    'config trust': command({
      summary: 'trust a configuration file as it is now',
      description:
        'A file in the working directory sets endpoints, folders and what the world may reach only once it is trusted. A change of the file takes the trust away.',
      examples: ['ec config trust ./ec.config.yaml'],
      args: { path: one('a configuration file that you have read') },
      load: async () => (await import('./commands/config.ts')).trustConfig,
    }),
    'features list': command({
      summary: 'what is switched on',
      examples: ['ec features list'],
      load: async () => (await import('./commands/features.ts')).listFeatures,
    }),
    'features on': command({
      summary: 'switch a feature on',
      examples: ['ec features on webhooks'],
      args: { name: one('name of a feature') },
      load: async () => (await import('./commands/features.ts')).switchFeatureOn,
    }),
    'features off': command({
      summary: 'switch a feature off',
      examples: ['ec features off webhooks'],
      args: { name: one('name of a feature') },
      load: async () => (await import('./commands/features.ts')).switchFeatureOff,
    }),
    backup: command({
      summary: 'copy the store while everything goes on',
      examples: ['ec backup ./ec-backup.db'],
      args: { file: one('a file that does not exist yet') },
      load: async () => (await import('./commands/backup.ts')).backupStore,
    }),
    restore: command({
      summary: 'put a backup in the place of the store',
      examples: ['ec restore ./ec-backup.db'],
      args: { file: one('a file that `ec backup` wrote') },
      flags: { yes: on('do not ask') },
      load: async () => (await import('./commands/restore.ts')).restoreStore,
    }),
  },
}
