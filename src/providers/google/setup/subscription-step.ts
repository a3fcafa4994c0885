import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { isRecord, peek, peekString } from '../../../core/peek.ts'
import { askPubSub } from '../ask-pubsub.ts'
import type { AccountContext, SetupPlan, SetupStep } from '../../provider.ts'
import { findThing, makeThing, removeThing, type Thing } from './find-thing.ts'
import { addGrant } from './grant.ts'
import { deliveryOf, namesOf, serviceAgentOf, type SetupNames } from './names.ts'
import { made, PROJECT_HINT, requireNames, short, wantsPubSub, wasMade } from './topic-steps.ts'

/** How long we may take before a message is given out again. */
const ACK_DEADLINE_S = 60

/** The subscription that brings what Gmail publishes: pushed where we are reached, else pulled. It never expires. */
export const subscriptionStep: SetupStep = {
  id: 'subscription',
  title: plan => `make the subscription ${short(namesOf(plan)?.subscription)}, ${HOW[deliveryOf(plan)]}`,
  applies: wantsPubSub,
  async check(ctx, plan) {
    const names = namesOf(plan)
    if (names === null) return { state: 'manual', why: 'it is not known in which project', next: PROJECT_HINT }
    const found = await findThing(ctx, 'subscriptions', names.subscription)
    if (found === null) return { state: 'todo', why: 'there is none' }
    const flaw = flawOf(found, plan, names)
    if (flaw !== null) return { state: 'todo', why: flaw }
    const isKept =
      plan.settings['subscription'] === names.subscription && plan.settings['delivery'] === deliveryOf(plan)
    return isKept ? { state: 'done' } : { state: 'todo', why: 'it is there and not used yet' }
  },
  async do(ctx, plan) {
    const names = requireNames(plan)
    const isMade = await makeThing(ctx, 'subscriptions', names.subscription, { topic: names.topic, ...wanted(plan) })
    const isRemade = isMade ? false : await mend(ctx, plan, names)
    const agent = serviceAgentOf(plan)
    if (agent !== null && plan.settings['dead_topic'] !== undefined) {
      // Without it nothing can be taken over to the dead letters.
      const role = 'roles/pubsub.subscriber'
      await addGrant(ctx, { kind: 'subscriptions', name: names.subscription, role, member: agent })
    }
    const delivery = deliveryOf(plan)
    return {
      subscription: names.subscription,
      delivery,
      ...(delivery === 'push' ? { audience: endpointOf(plan) } : {}),
      ...made('subscription', isMade || isRemade),
    }
  },
  async undo(ctx, plan) {
    if (wasMade(plan, 'subscription')) await removeThing(ctx, 'subscriptions', requireNames(plan).subscription)
    return ['subscription', 'delivery', 'audience', 'made_subscription']
  },
}

const HOW = { push: 'which pushes to us', pull: 'which is pulled from' } as const

/** All of it but the topic, which cannot be changed. A policy without a time to live is how Pub/Sub writes `never`. */
function wanted(plan: SetupPlan) {
  const deadLetterTopic = plan.settings['dead_topic']
  return {
    ackDeadlineSeconds: ACK_DEADLINE_S,
    expirationPolicy: {},
    pushConfig: deliveryOf(plan) === 'push' ? pushConfigOf(plan) : {},
    ...(deadLetterTopic === undefined ? {} : { deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 20 } }),
  }
}

function pushConfigOf(plan: SetupPlan) {
  const pushEndpoint = endpointOf(plan)
  const serviceAccountEmail = plan.settings['service_account'] ?? ''
  return { pushEndpoint, oidcToken: { serviceAccountEmail, audience: pushEndpoint } }
}

function endpointOf({ webhookUrl }: SetupPlan): string {
  return webhookUrl('gmail') ?? ''
}

/** What is not as it should be; null = nothing. */
function flawOf(found: Thing, plan: SetupPlan, { topic }: SetupNames): string | null {
  if (peekString(found, 'topic') !== topic) return 'it is one of another topic'
  const policy = peek(found, 'expirationPolicy')
  if (!isRecord(policy) || peekString(policy, 'ttl') !== '') return 'it would expire'
  const endpoint = peekString(found, 'pushConfig', 'pushEndpoint')
  if (deliveryOf(plan) === 'pull') return endpoint === '' ? null : 'it pushes, and nobody is there to be pushed to'
  if (endpoint !== endpointOf(plan)) return 'it does not push to us'
  const signer = peekString(found, 'pushConfig', 'oidcToken', 'serviceAccountEmail')
  return signer === plan.settings['service_account'] ? null : 'another service account signs what it pushes'
}

/** Brings one that is there to what it should be; whether it had to be made anew. */
async function mend(ctx: AccountContext, plan: SetupPlan, names: SetupNames): Promise<boolean> {
  const found = await findThing(ctx, 'subscriptions', names.subscription)
  if (found !== null && peekString(found, 'topic') !== names.topic) {
    if (!wasMade(plan, 'subscription')) {
      throw new EcError('EC_CONFLICT', `there is a subscription ${short(names.subscription)} of another topic`, {
        hint: 'remove it at https://console.cloud.google.com/cloudpubsub/subscription/list, then run this again',
      })
    }
    await removeThing(ctx, 'subscriptions', names.subscription)
    return makeThing(ctx, 'subscriptions', names.subscription, { topic: names.topic, ...wanted(plan) })
  }
  const subscription = { name: names.subscription, ...wanted(plan) }
  const body = { subscription, updateMask: Object.keys(wanted(plan)).join(',') }
  const request = { operation: 'subscriptions.patch', method: 'PATCH', path: names.subscription, body } as const
  await askPubSub(ctx, request, z.unknown())
  return false
}
