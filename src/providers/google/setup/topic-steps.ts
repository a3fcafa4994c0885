import { EcError } from '../../../core/errors.ts'
import { GMAIL_SCOPE, PUBSUB_SCOPE } from '../scopes.ts'
import type { SetupPlan, SetupStep } from '../../provider.ts'
import { findThing, makeThing, removeThing } from './find-thing.ts'
import { addGrant, isGranted, removeGrant, type Grant } from './grant.ts'
import { namesOf, serviceAgentOf, type SetupNames } from './names.ts'

/** https://developers.google.com/workspace/gmail/api/guides/push#grant_publish_rights_on_your_topic */
export const GMAIL_PUBLISHER = 'serviceAccount:gmail-api-push@system.gserviceaccount.com'

/** Whether mail is to be announced, and by what this account sets up itself. */
export function wantsPubSub({ account, settings }: SetupPlan): boolean {
  const { scopes } = account
  return scopes.includes(GMAIL_SCOPE) && scopes.includes(PUBSUB_SCOPE) && settings['shared'] === undefined
}

/** The names of a plan whose project is known. */
export function requireNames(plan: SetupPlan): SetupNames {
  const names = namesOf(plan)
  if (names !== null) return names
  throw new EcError('EC_USAGE', 'it is not known in which project of Google Cloud', { hint: PROJECT_HINT })
}

export const PROJECT_HINT =
  'add --project ID, the id of the project in which the OAuth client is, or --client-file with the file that Google gave'

export const topicStep: SetupStep = {
  id: 'topic',
  title: plan => `make the topic ${short(namesOf(plan)?.topic)}`,
  applies: wantsPubSub,
  async check(ctx, plan) {
    const names = namesOf(plan)
    if (names === null) return { state: 'manual', why: 'it is not known in which project', next: PROJECT_HINT }
    if ((await findThing(ctx, 'topics', names.topic)) === null) return { state: 'todo', why: 'there is none' }
    return plan.settings['topic'] === undefined
      ? { state: 'todo', why: 'it is there and not used yet' }
      : { state: 'done' }
  },
  async do(ctx, plan) {
    const { topic } = requireNames(plan)
    const isMade = await makeThing(ctx, 'topics', topic, {})
    return { topic, ...made('topic', isMade) }
  },
  async undo(ctx, plan) {
    if (wasMade(plan, 'topic')) await removeThing(ctx, 'topics', requireNames(plan).topic)
    return ['topic', 'made_topic']
  },
}

export const publisherStep: SetupStep = {
  id: 'publisher',
  title: plan => `let Gmail publish to ${short(namesOf(plan)?.topic)}`,
  applies: wantsPubSub,
  async check(ctx, plan) {
    const names = namesOf(plan)
    if (names === null) return { state: 'manual', why: 'it is not known in which project', next: PROJECT_HINT }
    if ((await findThing(ctx, 'topics', names.topic)) === null)
      return { state: 'todo', why: 'the topic is not there yet' }
    return (await isGranted(ctx, publisher(names))) ? { state: 'done' } : { state: 'todo', why: 'it may not yet' }
  },
  async do(ctx, plan) {
    return made('publisher', await addGrant(ctx, publisher(requireNames(plan))))
  },
  async undo(ctx, plan) {
    if (wasMade(plan, 'publisher')) {
      const names = requireNames(plan)
      if ((await findThing(ctx, 'topics', names.topic)) !== null) await removeGrant(ctx, publisher(names))
    }
    return ['made_publisher']
  },
}

/** What cannot be delivered goes there, and is kept until somebody looks. */
export const deadLetterStep: SetupStep = {
  id: 'dead-letters',
  title: plan => `make the topic ${short(namesOf(plan)?.deadTopic)} for what cannot be delivered`,
  // The project's own Pub/Sub has to be allowed to publish there, and goes by the number of the project.
  applies: plan => wantsPubSub(plan) && serviceAgentOf(plan) !== null,
  async check(ctx, plan) {
    const names = namesOf(plan)
    if (names === null) return { state: 'manual', why: 'it is not known in which project', next: PROJECT_HINT }
    if (plan.settings['dead_topic'] !== names.deadTopic) return { state: 'todo', why: 'there is none' }
    const [topic, subscription] = await Promise.all([
      findThing(ctx, 'topics', names.deadTopic),
      findThing(ctx, 'subscriptions', names.deadSubscription),
    ])
    if (topic === null || subscription === null) return { state: 'todo', why: 'a part of it is missing' }
    return (await isGranted(ctx, burier(plan, names)))
      ? { state: 'done' }
      : { state: 'todo', why: 'Pub/Sub may not use it yet' }
  },
  async do(ctx, plan) {
    const names = requireNames(plan)
    const topicMade = await makeThing(ctx, 'topics', names.deadTopic, {})
    await addGrant(ctx, burier(plan, names))
    // A topic without a subscription keeps nothing.
    const body = { topic: names.deadTopic, expirationPolicy: {}, ackDeadlineSeconds: 60 }
    const subscriptionMade = await makeThing(ctx, 'subscriptions', names.deadSubscription, body)
    return {
      dead_topic: names.deadTopic,
      ...made('dead_topic', topicMade),
      ...made('dead_subscription', subscriptionMade),
    }
  },
  async undo(ctx, plan) {
    if (wasMade(plan, 'dead_subscription')) {
      await removeThing(ctx, 'subscriptions', requireNames(plan).deadSubscription)
    }
    if (wasMade(plan, 'dead_topic')) await removeThing(ctx, 'topics', requireNames(plan).deadTopic)
    return ['dead_topic', 'made_dead_topic', 'made_dead_subscription']
  },
}

function publisher({ topic }: SetupNames): Grant {
  return { kind: 'topics', name: topic, role: 'roles/pubsub.publisher', member: GMAIL_PUBLISHER }
}

function burier(plan: SetupPlan, { deadTopic }: SetupNames): Grant {
  return { kind: 'topics', name: deadTopic, role: 'roles/pubsub.publisher', member: serviceAgentOf(plan) ?? '' }
}

/** Kept with the account, so that undoing takes back what was made and nothing else. Never taken back by a second run. */
export function made(what: string, isMade: boolean): Readonly<Record<string, string>> {
  return isMade ? { [`made_${what}`]: 'yes' } : {}
}

export function wasMade({ settings }: SetupPlan, what: string): boolean {
  return settings[`made_${what}`] === 'yes'
}

export function short(name: string | undefined): string {
  return name?.split('/').at(-1) ?? 'ec-gmail'
}
