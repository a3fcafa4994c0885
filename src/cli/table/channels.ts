import { command, type Command } from '../command.ts'
import { one } from '../flags.ts'

const ONE_OUTLET = one('name of a command or webhook, from `ec channels list`', 'outlet')

/** The ways that events go. */
export const CHANNELS_COMMANDS: Readonly<Record<string, Command>> = {
  'channels list': command({
    summary: 'list the ways that events go',
    examples: ['ec channels list'],
    seeAlso: ['channels test', 'events explain'],
    load: async () => (await import('../../commands/channels.ts')).listChannels,
  }),
  'channels test': command({
    summary: 'give a command or webhook a test event, and say what came of it',
    description: 'It takes the test whatever types and users it is set up for, and even when it is switched off.',
    examples: ['ec channels test pager'],
    args: { name: ONE_OUTLET },
    load: async () => (await import('../../commands/channels.ts')).testChannel,
  }),
  'channels enable': command({
    summary: 'switch a command or webhook on again, as after a 410',
    examples: ['ec channels enable pager'],
    args: { name: ONE_OUTLET },
    load: async () => (await import('../../commands/channels.ts')).enableChannel,
  }),
  'channels disable': command({
    summary: 'give a command or webhook no events until it is enabled again',
    examples: ['ec channels disable pager'],
    args: { name: ONE_OUTLET },
    load: async () => (await import('../../commands/channels.ts')).disableChannel,
  }),
}
