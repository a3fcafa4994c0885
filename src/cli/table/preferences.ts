import { LEVELS } from '../../core/event.ts'
import { CAPPED_CHANNELS } from '../../core/preferences.ts'
import { WEEKDAYS } from '../../core/quiet-hours.ts'
import { command, type Command } from '../command.ts'
import { choice, duration, fromSetting, list, on, oneOf, required, text, whole } from '../flags.ts'

const USER = fromSetting('user', text('id', 'whose preferences', 'user'))
const TYPE = text('pattern', 'one type, a family as task.*, or *', 'event type')
const SERVICE = text('name', 'a service', 'service')
const THREAD = text('id', 'a thread, as events carry it')
const SWITCH = ['on', 'off', 'default'] as const

/** What a person wants of the delivery. */
export const PREFERENCES_COMMANDS: Readonly<Record<string, Command>> = {
  'prefs show': command({
    summary: 'show what a person wants',
    examples: ['ec prefs show', 'ec prefs show --user ana --json'],
    flags: { user: USER },
    load: async () => (await import('../../commands/preferences.ts')).showPreferences,
  }),
  'prefs set': command({
    summary: 'switch channels on or off for a type or a service',
    description:
      'The closest entry counts: a type by its name, then the service, then a family of types. A channel that an event names in its own `channels` can be switched off, not on.',
    examples: ['ec prefs set --type "task.*" --push off', 'ec prefs set --service notes --email on --push default'],
    seeAlso: ['events explain'],
    flags: {
      user: USER,
      type: TYPE,
      service: SERVICE,
      ws: choice(SWITCH, 'to pages and screens that are open'),
      push: choice(SWITCH, 'to devices'),
      email: choice([...SWITCH, 'digest'], 'by mail, each alone or in the digest'),
      exec: choice(SWITCH, "to the operator's commands"),
      webhook: choice(SWITCH, "to the operator's webhooks"),
    },
    load: async () => (await import('../../commands/preferences.ts')).setChannels,
  }),
  'prefs mute': command({
    summary: 'hear no more of a type, a service or a thread',
    description:
      'What is muted stands in the history. Critical events come through, and a question (action.required) is still shown to whoever looks.',
    examples: ['ec prefs mute --thread release-42 --for 2h', 'ec prefs mute --user ana --type "build.*"'],
    flags: {
      user: USER,
      type: TYPE,
      service: SERVICE,
      thread: THREAD,
      for: duration('for so long; for good unless given'),
    },
    load: async () => (await import('../../commands/preferences.ts')).mute,
  }),
  'prefs unmute': command({
    summary: 'end a mute',
    examples: ['ec prefs unmute --thread release-42'],
    exits: { 6: 'it was not muted' },
    flags: { user: USER, type: TYPE, service: SERVICE, thread: THREAD },
    load: async () => (await import('../../commands/preferences.ts')).unmute,
  }),
  'prefs quiet-hours': command({
    summary: 'hold push and mail back at certain hours',
    description:
      'By the clock of the time zone, over midnight and over the change to summer time. Without --tz the zone of the user counts (`ec users set --tz`), else UTC. Critical events come through. Without flags it shows what is so.',
    examples: [
      'ec prefs quiet-hours --from 22:00 --to 07:00 --tz Europe/Madrid',
      'ec prefs quiet-hours --from 00:00 --to 00:00 --days sat,sun --allow error',
      'ec prefs quiet-hours --off',
    ],
    flags: {
      user: USER,
      from: text('hh:mm', 'when they begin'),
      to: text('hh:mm', 'when they end; not later than --from is the next day'),
      days: list('a,b', 'the days on which they begin; every day unless given', WEEKDAYS),
      tz: text('zone', 'time zone, as Europe/Madrid', 'time zone'),
      allow: list('a,b', 'levels that come through', LEVELS),
      off: on('no quiet hours any more'),
    },
    load: async () => (await import('../../commands/preferences.ts')).setQuietHours,
  }),
  'prefs digest': command({
    summary: 'say when the mail comes that gathers several',
    description:
      'Chat messages go out by mail in a digest alone; `ec prefs set --email digest` moves more there. What was seen by then is left out, and an empty digest is not sent. Daily at 08:00 unless said, by the clock of --tz, else of the user (`ec users set --tz`), else UTC. Without flags it shows what is so.',
    examples: [
      'ec prefs digest --every daily --at 07:30',
      'ec prefs digest --every weekly --weekday fri --at 16:00 --tz Europe/Madrid',
      'ec prefs digest --every "30 7 * * 1-5" --min-items 3',
      'ec prefs digest --off',
    ],
    seeAlso: ['prefs set', 'events explain'],
    flags: {
      user: USER,
      every: text('when', 'daily, weekly, or a cron of five fields, at most once an hour'),
      at: text('hh:mm', 'at what time; 08:00 unless given'),
      weekday: choice(WEEKDAYS, 'with weekly; Monday unless given'),
      tz: text('zone', 'time zone, as Europe/Madrid', 'time zone'),
      minItems: whole('n', 'fewer wait for the next digest, for a week at most', 1, 50),
      off: on('no digests; what would wait for one is not mailed'),
    },
    load: async () => (await import('../../commands/preferences.ts')).setDigest,
  }),
  'prefs cap': command({
    summary: 'bound how often a channel reaches for a person',
    description: 'What goes beyond stands in the history, and is shown to whoever looks. Critical events come through.',
    examples: ['ec prefs cap push --per-hour 5 --per-day 20', 'ec prefs cap email --none'],
    args: { channel: oneOf(CAPPED_CHANNELS, 'which channel') },
    flags: {
      user: USER,
      perHour: whole('n', 'at most so many an hour', 0, 1000),
      perDay: whole('n', 'at most so many a day', 0, 1000),
      none: on('no bound any more'),
    },
    load: async () => (await import('../../commands/preferences.ts')).setCap,
  }),
  'prefs keep': command({
    summary: 'leave a type in push, however few of its events are opened',
    description:
      'Browsers take the right to push from whoever sends much that nobody opens, so the agent takes a type out of push of which next to nothing was opened in 30 days, and tells the person. This brings it back for good; --off lets the agent decide again. Questions, reminders and critical events always stay.',
    examples: ['ec prefs keep --type "build.*"', 'ec prefs keep --user ana --type build.done --off'],
    seeAlso: ['events explain'],
    exits: { 6: 'with --off: it was not kept' },
    flags: { user: USER, type: required(TYPE), off: on('let the agent decide again') },
    load: async () => (await import('../../commands/preferences.ts')).keepType,
  }),
}
