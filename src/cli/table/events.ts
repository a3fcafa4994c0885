import { command, type Command } from '../command.ts'
import { behind, choice, duration, fromSetting, list, many, on, one, text, texts, withDefault } from '../flags.ts'
import { PAGE_FLAGS } from '../page-flags.ts'
import { CHANNEL_HINTS, CHANNELS, EVENT_LIST_STATES, LEVELS } from '../../core/event.ts'

const WHOSE = text('id', 'whose event, where several users have one of this id', 'user')
const MANY_EVENTS = many('ids of events', 'event')

/** Events: made, read, followed, explained. */
export const EVENTS_COMMANDS: Readonly<Record<string, Command>> = {
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
    exits: {
      1: 'with --wait: the event expired or was withdrawn',
      4: 'the agent refused the event, or some of the file; the others are accepted',
    },
    seeAlso: ['events explain', 'events tail'],
    flags: {
      user: fromSetting('user', text('id', 'whose event it is', 'user')),
      type: text(
        'type',
        'job.done, job.progress, action.required, message.new, reminder.due, system.alert, or your own',
        'event type',
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
      file: text('file', 'send one JSON event, an array of them, or NDJSON from a file; - reads stdin', 'file'),
      wait: on('until it is answered if it is a question, else until it is delivered'),
    },
    load: async () => (await import('../../commands/emit.ts')).runEmit,
  }),
  run: command({
    summary: 'run a command, and tell how it goes and how it ends',
    description:
      'Progress while it runs (the last line of its output, a percentage where it shows one), then job.done, or system.alert with the exit code and the last lines. Its output and exit code are passed through as they are; without an agent it runs all the same. What goes to a terminal is left alone and not read, unless --pipe is given.',
    examples: [
      'ec run -- make test',
      'ec run --user ana --title "Nightly backup" -- ./backup.sh',
      'ec run -- sh -c "make && make install"',
    ],
    exits: {
      75: 'with --require-agent: no agent answers, and nothing was started',
      125: 'ec itself failed',
      126: 'the command cannot be executed',
      127: 'there is no such command',
      130: 'a signal ended the command: 128 and the number of the signal, as of any other',
    },
    seeAlso: ['emit', 'events tail'],
    args: { command: behind('the command and its arguments', 'file') },
    flags: {
      user: fromSetting('user', text('id', 'who is told', 'user')),
      title: text('text', 'what it is called; its arguments are not told then'),
      typeDone: withDefault('job.done', text('type', 'the type of the event when it exits with 0', 'event type')),
      typeFailed: withDefault('system.alert', text('type', 'the type of the event when it does not', 'event type')),
      pipe: on('read what goes to a terminal too; many commands leave out colours and bars then'),
      requireAgent: on('start nothing while no agent answers'),
    },
    load: async () => (await import('../../commands/run/run-command.ts')).runCommand,
  }),
  'events list': command({
    summary: 'list events, the newest unless --after is given',
    examples: ['ec events list', 'ec events list --user ana --level error', 'ec events list --q report --json'],
    flags: {
      user: text('id', 'of this user', 'user'),
      type: text('type', 'of this type', 'event type'),
      service: text('name', 'of this service', 'service'),
      level: choice(LEVELS, 'of this level'),
      state: choice(EVENT_LIST_STATES, 'in this state'),
      q: text('text', 'with this text in title or body'),
      ...PAGE_FLAGS,
    },
    load: async () => (await import('../../commands/events.ts')).listEvents,
  }),
  'events show': command({
    summary: 'show an event',
    examples: ['ec events show evt_0192f0c1'],
    args: { id: one('id of an event', 'event') },
    flags: { user: WHOSE },
    load: async () => (await import('../../commands/events.ts')).showEvent,
  }),
  'events tail': command({
    summary: 'show events as they come',
    examples: ['ec events tail', 'ec events tail --user ana --json'],
    exits: { 0: 'nobody reads its output any more', 130: 'Ctrl-C' },
    flags: {
      user: fromSetting('user', text('id', 'of this user', 'user')),
      cursor: text('cursor', 'go on after this item: `cursor` of --json'),
    },
    load: async () => (await import('../../commands/tail-events.ts')).tailEvents,
  }),
  'events explain': command({
    summary: 'say where an event went, and why',
    examples: ['ec events explain evt_0192f0c1'],
    args: { id: one('id of an event', 'event') },
    flags: { user: WHOSE },
    exits: { 6: 'there is no such event' },
    seeAlso: ['notifications why', 'jobs list'],
    load: async () => (await import('../../commands/events.ts')).explainEvent,
  }),
  'events seen': command({
    summary: 'mark events as seen',
    examples: ['ec events seen evt_0192f0c1'],
    args: { ids: MANY_EVENTS },
    flags: { user: WHOSE },
    load: async () => (await import('../../commands/mark-events.ts')).markSeen,
  }),
  'events read': command({
    summary: 'mark events as read',
    examples: ['ec events read evt_0192f0c1 evt_0192f0c2'],
    args: { ids: MANY_EVENTS },
    flags: { user: WHOSE },
    load: async () => (await import('../../commands/mark-events.ts')).markRead,
  }),
  'events unread': command({
    summary: 'mark events as unread',
    examples: ['ec events unread evt_0192f0c1'],
    args: { ids: MANY_EVENTS },
    flags: { user: WHOSE },
    load: async () => (await import('../../commands/mark-events.ts')).markUnread,
  }),
  'events archive': command({
    summary: 'put events away',
    examples: ['ec events archive evt_0192f0c1'],
    args: { ids: MANY_EVENTS },
    flags: { user: WHOSE },
    load: async () => (await import('../../commands/mark-events.ts')).archiveEvents,
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
    load: async () => (await import('../../commands/mark-events.ts')).snoozeEvents,
  }),
  'events retract': command({
    summary: 'take events back: they leave every inbox',
    examples: ['ec events retract evt_0192f0c1'],
    args: { ids: MANY_EVENTS },
    flags: { user: WHOSE },
    load: async () => (await import('../../commands/mark-events.ts')).retractEvents,
  }),
}
