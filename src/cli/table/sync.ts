import { SUBSCRIPTION_STATES } from '../../core/subscription.ts'
import { command, type Command } from '../command.ts'
import { choice, on, one, optional, text } from '../flags.ts'
import { PAGE_FLAGS } from '../page-flags.ts'

const ONE_RESOURCE = one('id of a resource, from `ec resources list`', 'resource')
const ONE_SUBSCRIPTION = one('id of a subscription, from `ec subscriptions list`', 'subscription')
const EXAMPLE = '0192f0c1-0000-7000-8000-000000000000'

/** What is read from providers, and what they were asked to tell us of. */
export const SYNC_COMMANDS: Readonly<Record<string, Command>> = {
  'resources sync': command({
    summary: 'read what has changed at the provider, now',
    description:
      'A read that finds more than half of everything gone deletes nothing, and waits for --confirm-deletion: an empty answer may be a fault of the provider.',
    examples: [
      `ec resources sync ${EXAMPLE} --wait`,
      `ec resources sync ${EXAMPLE} --full`,
      `ec resources sync ${EXAMPLE} --confirm-deletion`,
    ],
    seeAlso: ['resources show', 'calls'],
    args: { id: ONE_RESOURCE },
    flags: {
      full: on('read everything anew, beside what is here'),
      confirmDeletion: on('let go what is gone at the provider, however much it is'),
      wait: on('until it has been read, and say how far it is'),
    },
    exits: { 4: 'it is not synced, the read failed, or its deletion is held back' },
    load: async () => (await import('../../commands/sync-resource.ts')).syncResource,
  }),
  'resources watch': command({
    summary: 'subscribe to its changes anew, whatever failed before',
    examples: [`ec resources watch ${EXAMPLE}`],
    seeAlso: ['subscriptions list', 'resources show'],
    args: { id: ONE_RESOURCE },
    exits: { 4: 'it is not synced, or its provider tells of nothing' },
    load: async () => (await import('../../commands/sync-resource.ts')).watchResource,
  }),
  'subscriptions list': command({
    summary: 'list what providers were asked to tell us of',
    examples: ['ec subscriptions list', 'ec subscriptions list --state active --json'],
    flags: {
      resource: text('id', 'of this resource', 'resource'),
      user: text('id', 'of this user', 'user'),
      state: choice(SUBSCRIPTION_STATES, 'in this state'),
      ...PAGE_FLAGS,
    },
    load: async () => (await import('../../commands/subscriptions.ts')).listSubscriptions,
  }),
  'subscriptions renew': command({
    summary: 'replace a subscription by a new one, now',
    examples: [`ec subscriptions renew ${EXAMPLE}`],
    args: { id: ONE_SUBSCRIPTION },
    load: async () => (await import('../../commands/subscriptions.ts')).renewSubscription,
  }),
  'subscriptions stop': command({
    summary: 'stop a subscription; its resource is polled from then on',
    examples: [`ec subscriptions stop ${EXAMPLE}`],
    seeAlso: ['resources watch'],
    args: { id: ONE_SUBSCRIPTION },
    load: async () => (await import('../../commands/subscriptions.ts')).stopSubscription,
  }),
  'cache show': command({
    summary: 'what is cached, and for how long',
    examples: ['ec cache show', 'ec cache show calendar:events:ana'],
    args: { prefix: optional('keys that begin so', 'cache key') },
    load: async () => (await import('../../commands/cache.ts')).showCache,
  }),
  'cache clear': command({
    summary: 'forget what is cached; it is read again when it is asked for',
    examples: ['ec cache clear', 'ec cache clear calendar:events:ana'],
    args: { prefix: optional('keys that begin so', 'cache key') },
    load: async () => (await import('../../commands/cache.ts')).clearCache,
  }),
}
