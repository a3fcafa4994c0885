import { command, type Command } from '../command.ts'
import { choice, duration, list, names, on, one, required, text, withDefault } from '../flags.ts'
import { PAGE_FLAGS } from '../page-flags.ts'
import { LEVELS } from '../../core/event.ts'
import { KEY_SCOPES } from '../../core/service-key.ts'

const ONE_USER = one('id of a user', 'user')

/** Who events are for, and who may do what. */
export const PEOPLE_COMMANDS: Readonly<Record<string, Command>> = {
  'users list': command({
    summary: 'list users',
    examples: ['ec users list'],
    flags: PAGE_FLAGS,
    load: async () => (await import('../../commands/users.ts')).listUsers,
  }),
  'users show': command({
    summary: 'show a user',
    examples: ['ec users show ana'],
    args: { user: ONE_USER },
    load: async () => (await import('../../commands/users.ts')).showUser,
  }),
  'users set': command({
    summary: 'make a user, or change what is known about one',
    examples: ['ec users set ana --name "Ana" --tz Europe/Madrid', 'ec users set ana --email ""'],
    args: { user: ONE_USER },
    flags: {
      name: text('name', 'what the person is called'),
      email: text('address', 'where mail goes'),
      tz: text('zone', 'time zone, as Europe/Madrid', 'time zone'),
      lang: text('tag', 'language, as en or pt-BR'),
    },
    load: async () => (await import('../../commands/users.ts')).setUser,
  }),
  'users export': command({
    summary: 'everything that is kept about a user, as one JSON document',
    examples: ['ec users export ana > ana.json'],
    args: { user: ONE_USER },
    load: async () => (await import('../../commands/users.ts')).exportUser,
  }),
  'users signout': command({
    summary: 'sign a user out of all browsers',
    description:
      'What is open there closes, and links that nobody has used yet are good no more. Devices still take pushes.',
    examples: ['ec users signout ana'],
    seeAlso: ['token', 'devices list'],
    args: { user: ONE_USER },
    load: async () => (await import('../../commands/users.ts')).signUserOut,
  }),
  'users erase': command({
    summary: 'remove a user with preferences, all events, questions, states, traces, devices, sessions and reports',
    examples: ['ec users erase ana --yes'],
    args: { user: ONE_USER },
    flags: { yes: on('do not ask') },
    load: async () => (await import('../../commands/users.ts')).eraseUser,
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
      types: names('a,b', 'types that it may emit, as deploy.*; all unless given', 'event type'),
      users: names('a,b', 'users that it may emit to; all unless given', 'user'),
      maxLevel: choice(LEVELS, 'the loudest level that it may use'),
      callback: text('url', 'where answers to its questions go'),
    },
    load: async () => (await import('../../commands/keys.ts')).createKey,
  }),
  'keys list': command({
    summary: 'list keys',
    examples: ['ec keys list'],
    flags: PAGE_FLAGS,
    load: async () => (await import('../../commands/keys.ts')).listKeys,
  }),
  'keys revoke': command({
    summary: 'take a key back',
    examples: ['ec keys revoke key_0192f0c1'],
    args: { id: one('id of a key, from `ec keys list`', 'key') },
    load: async () => (await import('../../commands/keys.ts')).revokeKey,
  }),
  'setup vapid': command({
    summary: 'make the key that push services know this agent by, or set its subject',
    description:
      'Push services write to the subject when something is wrong with what they are sent; they refuse localhost and names that are not of the world. The private key stays in the store, sealed. --rotate makes a new key for devices to come; those that are there keep theirs.',
    examples: [
      'ec setup vapid --subject mailto:you@example.org',
      'ec setup vapid --subject https://example.org --rotate',
    ],
    flags: {
      subject: required(text('contact', 'a mailto: or https: URL at a host of yours')),
      rotate: on('make another key'),
    },
    load: async () => (await import('../../commands/setup-vapid.ts')).setUpVapid,
  }),
  'devices list': command({
    summary: 'list the browsers that take pushes',
    examples: ['ec devices list', 'ec devices list --user ana'],
    flags: { user: text('id', 'of this user', 'user'), ...PAGE_FLAGS },
    load: async () => (await import('../../commands/devices.ts')).listDevices,
  }),
  'devices test': command({
    summary: 'send a test to a device, and say what its push service answered',
    examples: ['ec devices test dev_0192f0c1'],
    args: { id: one('id of a device, from `ec devices list`', 'device') },
    load: async () => (await import('../../commands/devices.ts')).testDevice,
  }),
  'devices remove': command({
    summary: 'forget a device',
    examples: ['ec devices remove dev_0192f0c1'],
    args: { id: one('id of a device, from `ec devices list`', 'device') },
    load: async () => (await import('../../commands/devices.ts')).removeDevice,
  }),
  token: command({
    summary: 'make a token that reads and answers as a user, or a link that signs a browser in',
    description:
      'With --link it prints the address of the inbox with a secret behind `#`. The first browser that opens it is signed in for 30 days, anew with each day of use; then the link is used up. What stands behind `#` is never sent to a server, so no log has it, and a program that looks at the links of a mail does not use it up.',
    examples: ['ec token ana', 'ec token ana --ttl 12h', 'ec token ana --link'],
    seeAlso: ['users signout'],
    args: { user: ONE_USER },
    flags: {
      link: on('print a sign-in link for a browser, good once; up to 7d'),
      ttl: withDefault('1h', duration('how long it is good')),
    },
    load: async () => (await import('../../commands/token.ts')).createToken,
  }),
}
