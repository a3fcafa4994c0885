import { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import type { AccountContext, GotSubscription, Subscriptions, WantedSubscription } from '../provider.ts'
import { askGmail } from './ask-gmail.ts'

const DAY_MS = 86_400_000

/**
 * Gmail's watch: there is one for a mailbox and a project, and asking again makes it longer. Google recommends a day, so
 * that a run that fails is no outage.
 * https://developers.google.com/workspace/gmail/api/guides/push
 */
export const subscriptions: Subscriptions = {
  maxLifetimeMs: 7 * DAY_MS,
  renewAfterMs: DAY_MS,
  renewal: 'extend',
  // It delivers to a topic, once something brings from there what is published.
  addressFor: (_resource, { settings }) => (settings['delivery'] === undefined ? null : (settings['topic'] ?? null)),
  create,
  stop,
  // A mailbox has one watch, and its messages do not name it.
  origin: () => null,
  // The first one announces the state that the watch began with, and looks like any other.
  isProof: () => false,
}

const watchSchema = z.object({ expiration: z.string().regex(/^\d{1,15}$/) })

async function create(ctx: AccountContext, _resource: unknown, wanted: WantedSubscription): Promise<GotSubscription> {
  const body = {
    topicName: wanted.address,
    labelIds: ['INBOX'],
    labelFilterBehavior: 'INCLUDE',
  }
  try {
    const request = { operation: 'watch', method: 'POST', path: '/watch', body } as const
    const { expiration } = await askGmail(ctx, request, watchSchema)
    return { remoteId: null, expiresAt: Number(expiration) }
  } catch (thrown) {
    throw refine(thrown, wanted.address)
  }
}

async function stop(ctx: AccountContext): Promise<void> {
  await askGmail(ctx, { operation: 'stop', method: 'POST', path: '/stop' }, z.unknown())
}

/** What is wrong with the topic is said as if the mailbox were. */
function refine(thrown: unknown, topic: string): unknown {
  if (!(thrown instanceof EcError)) return thrown
  const { message, details } = thrown
  const because = { cause: thrown, details }
  if (/only one user push notification client/i.test(message)) {
    return new EcError(
      'EC_CONFLICT',
      'another program with the same OAuth client watches this mailbox by another topic',
      {
        ...because,
        hint: 'stop that one, or give ec an OAuth client in a project of its own; until then the mailbox is polled',
      },
    )
  }
  if (!/cloud pubsub|topicName/i.test(message)) return thrown
  return new EcError('EC_PROVIDER', `Gmail may not publish to ${topic}, or it is not there`, {
    ...because,
    hint: 'run `ec setup google` again: it makes the topic and lets Gmail publish to it',
  })
}
