import type { Bus } from '../../backends/backend.ts'
import type { JobEffects, NewEvent, Store } from '../../backends/store.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'
import type { JobResult, NewJob } from '../../core/job.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { WebhookSubscription } from '../../core/subscription.ts'
import type { GotSubscription, Subscriptions } from '../../providers/provider.ts'
import type { EndContext } from './end-pass.ts'
import { judgeHealth, type Evidence } from './health.ts'
import { modeOf } from './mode.ts'
import { lookAhead } from './next-look.ts'
import type { ContextFor } from './context-for.ts'
import { readSituation, type SituationOptions } from './read-situation.ts'
import type { Situation } from './situation.ts'
import { SYNC_ALERTS } from './sync-alerts.ts'
import { renewJob, stopJob } from './sync-job.ts'

export interface RenewOptions extends SituationOptions, EndContext {
  readonly store: Store
  readonly bus: Pick<Bus, 'publish'>
  readonly contextFor: ContextFor
  readonly events: { makeOwn(inputs: readonly EventInput[]): readonly NewEvent[] }
  readonly ids: Pick<Ids, 'uuid'>
  readonly randomBytes: RandomBytes
}

type Result = JobResult<JobEffects>

/** Well under the lease. */
const CALL_MS = 40_000
const SECRET_BYTES = 32
/** What is sent by the channels of the last renewals is still believed. */
const KEPT_SECRETS = 3
/** Both deliver for a while, so that nothing falls into a hole between them. */
const OVERLAP_MS = 2 * 60_000
/** Asked for, and never heard of again. */
const FORGOTTEN_MS = 60 * 60_000

/**
 * Sees to the subscription of a resource: asks for one, the first or one in the place of another; doubts one that nothing
 * has proved; stops what may not deliver any more. Nothing is done when nothing is due: somebody else was faster.
 *
 * One is kept, with the secret that it will prove itself by, before it is asked for: its first notification may be here
 * before the answer. Only once it is there the old ones are superseded, and stopped a while later.
 */
export async function renewSubscription(
  options: RenewOptions,
  { resourceId, force }: { readonly resourceId: string; readonly force: boolean },
  signal: AbortSignal,
): Promise<Result> {
  const situation = await readSituation(options, resourceId)
  if (situation === null) return { type: 'done' }
  const now = options.clock.now()
  const verdict = modeOf(situation, now)
  const moment = { now, awakeSince: options.awakeSince() }
  const due = new Set(lookAhead(situation, verdict, options.times, moment).due.map(({ type }) => type))
  if (due.has('unwatch')) return unwatch(options, situation)
  if (due.has('doubt') && !force) return doubt(options, situation)
  const wanted = due.has('subscribe') || (force && verdict.mode !== 'none' && situation.webhooks === 'on')
  if (!wanted) return { type: 'done' }
  return await subscribe(options, situation, signal)
}

async function subscribe(options: RenewOptions, situation: Situation, signal: AbortSignal): Promise<Result> {
  const { resource, account, address, provider } = situation
  const { subscriptions } = provider
  if (subscriptions === undefined || address === null || account === null) return { type: 'done' }
  const left = situation.others.filter(({ state }) => state === 'registering')
  const proved = left.findLast(row => row.verifiedAt !== null && row.remoteId !== null && row.address === address)
  if (proved !== undefined) return takeOver(options, situation, proved, subscriptions)
  const row = await register(options, situation, { address, subscriptions })
  const limited = joinSignals([signal], CALL_MS)
  try {
    const ctx = await options.contextFor(account.id, { provider: provider.id, cause: 'renew', signal: limited.signal })
    const [secret = ''] = await options.store.getSecrets(resource.id)
    const expiresAt = row.createdAt + subscriptions.maxLifetimeMs
    const got = await subscriptions.create(ctx, resource, { id: row.id, address, secret, expiresAt })
    return succeed(options, await lookAgain(options, situation), { row, got, subscriptions })
  } catch (thrown) {
    const error =
      limited.signal.aborted && !signal.aborted
        ? new EcError('EC_TIMEOUT', 'the subscription was not answered in time', { cause: thrown })
        : toEcError(thrown)
    return fail(options, await lookAgain(options, situation), row, error)
  } finally {
    limited.release()
  }
}

/** While the call was on its way its proof may have come, or something else. */
async function lookAgain(options: RenewOptions, before: Situation): Promise<Situation> {
  return (await readSituation(options, before.resource.id)) ?? before
}

/** Nothing has proved it in its time: it is not relied upon, and another is asked for. */
function doubt(options: RenewOptions, situation: Situation): Result {
  const { resource, subscription, provider } = situation
  if (subscription === null) return { type: 'done' }
  options.log.warn('nothing has come by a new subscription', { resource: resource.id, subscription: subscription.id })
  const { events, health } = settle(options, { ...situation, subscription: null }, { type: 'unproved' })
  const subscriptions = [{ id: subscription.id, patch: { state: 'superseded' } as const }]
  // The successor of one that is only made longer is the same at the provider: stopping the old would stop it.
  const isSame = provider.subscriptions?.renewal === 'extend'
  const jobs = isSame ? [] : stopOf(resource.id, subscription, options.clock.now())
  return { type: 'done', effects: { events, health, subscriptions, jobs } }
}

function unwatch(options: RenewOptions, situation: Situation): Result {
  const { resource, subscription, others, provider } = situation
  const now = options.clock.now()
  const living = [...(subscription === null ? [] : [subscription]), ...others]
  options.log.info('a resource is not watched any more', { resource: resource.id, subscriptions: living.length })
  const then = { ...situation, subscription: null, others: [] }
  const { events, health } = settle(options, then, { type: 'began' })
  const named = provider.subscriptions?.renewal === 'recreate'
  const subscriptions = living.map(({ id, remoteId }) => ({
    id,
    // Nobody can stop one whose name at the provider is not known; it is stopped when it is heard of.
    patch:
      named && remoteId === null ? ({ state: 'ended', endedAt: now } as const) : ({ state: 'superseded' } as const),
  }))
  const jobs = living.flatMap(({ id, remoteId, state }) =>
    (named && remoteId === null) || state === 'superseded' ? [] : [stopJob(resource.id, { id, remoteId }, now)],
  )
  return { type: 'done', effects: { events, health, subscriptions, jobs } }
}

async function register(
  { store, bus, ids, randomBytes, clock }: RenewOptions,
  { resource, tried }: Situation,
  { address, subscriptions }: { readonly address: string; readonly subscriptions: Subscriptions },
): Promise<WebhookSubscription> {
  if (subscriptions.renewal === 'recreate') {
    const secrets = await store.getSecrets(resource.id)
    if (secrets.length === 0 || !isUnused(tried)) {
      const fresh = Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')
      await store.updateResource(resource.id, { secrets: [fresh, ...secrets].slice(0, KEPT_SECRETS) })
      // The doors have to know it before the provider does.
      bus.publish('changed', { what: 'resource', id: resource.id })
    }
  }
  const row: WebhookSubscription = {
    id: ids.uuid(),
    resourceId: resource.id,
    state: 'registering',
    remoteId: null,
    address,
    createdAt: clock.now(),
    expiresAt: null,
    verifiedAt: null,
    lastNotificationAt: null,
    endedAt: null,
  }
  await store.addSubscription(row)
  return row
}

/**
 * Whether the newest secret was made for a try that came to nothing: it serves the next one, so that tries which fail again
 * and again do not push the secret out by which the present subscription proves itself.
 */
function isUnused(tried: WebhookSubscription | null): boolean {
  return tried !== null && tried.remoteId === null && (tried.state === 'registering' || tried.state === 'ended')
}

interface Success {
  readonly row: WebhookSubscription
  readonly got: GotSubscription
  readonly subscriptions: Subscriptions
}

function succeed(options: RenewOptions, situation: Situation, { row, got, subscriptions }: Success): Result {
  const { resource, subscription } = situation
  const others = situation.others.filter(({ id }) => id !== row.id)
  const known = situation.others.find(({ id }) => id === row.id) ?? row
  const now = options.clock.now()
  const extended = subscriptions.renewal === 'extend'
  const old = [...(subscription === null || subscription.id === row.id ? [] : [subscription]), ...others]
  // What is only made longer goes on delivering: stopping the old would stop the new.
  const isWell = resource.state === 'healthy' || resource.state === 'quiet'
  const verifiedAt = extended && isWell && subscription?.address === row.address ? subscription.verifiedAt : null
  const patch = {
    state: 'active',
    remoteId: got.remoteId,
    expiresAt: got.expiresAt,
    ...(verifiedAt === null ? {} : { verifiedAt }),
  } as const
  const then = { ...situation, subscription: { ...known, ...patch }, others: [], tried: row }
  // One that was given up and then had after all begins its life anew.
  const evidence: Evidence | null = resource.state === 'disabled' ? { type: 'began' } : null
  const { events, health } = settle(options, then, evidence)
  options.log.info('a subscription is active', {
    resource: resource.id,
    subscription: row.id,
    expires_at: got.expiresAt,
  })
  return {
    type: 'done',
    effects: {
      events,
      health,
      subscriptions: [
        { id: row.id, patch },
        ...old.map(one => ({
          id: one.id,
          patch:
            extended || hasRunOut(one, subscriptions.maxLifetimeMs, now)
              ? ({ state: 'ended', endedAt: now } as const)
              : ({ state: 'superseded' } as const),
        })),
      ],
      jobs: extended ? [] : old.flatMap(one => stopOf(resource.id, one, now)),
    },
  }
}

/** One whose end was never told is over by when it would have been at the latest. */
function hasRunOut({ createdAt, expiresAt }: WebhookSubscription, longestMs: number, now: number): boolean {
  return (expiresAt ?? createdAt + longestMs) <= now
}

/** One that cannot be stopped, since nobody knows what the provider calls it, is stopped when it is heard of. */
function stopOf(resourceId: string, row: WebhookSubscription, now: number): readonly NewJob[] {
  if (row.remoteId === null || row.state === 'superseded') return []
  return [stopJob(resourceId, row, now + OVERLAP_MS)]
}

/** A crash took the answer, and then the way was proved: it is there, and only its end is not known. */
function takeOver(
  options: RenewOptions,
  situation: Situation,
  row: WebhookSubscription,
  subscriptions: Subscriptions,
): Result {
  options.log.info('a subscription is taken over', { resource: row.resourceId, subscription: row.id })
  const got = { remoteId: row.remoteId, expiresAt: options.clock.now() + FORGOTTEN_MS }
  return succeed(options, situation, { row, got, subscriptions })
}

function fail(options: RenewOptions, situation: Situation, row: WebhookSubscription, error: EcError): Result {
  const { resource, subscription, others } = situation
  const now = options.clock.now()
  options.log.warn('a subscription was refused', { resource: resource.id, code: error.code })
  // An answer that was lost may stand for a subscription that is there: it is kept until it has had its time.
  const isKnownToFail = error.code !== 'EC_TIMEOUT' && error.code !== 'EC_PROVIDER' && error.code !== 'EC_INTERNAL'
  const forgotten = others.filter(({ state, createdAt }) => state === 'registering' && now - createdAt > FORGOTTEN_MS)
  const ended = [...(isKnownToFail ? [row] : []), ...forgotten].map(({ id }) => ({
    id,
    patch: { state: 'ended', endedAt: now } as const,
  }))
  if (error.code === 'EC_RATE_LIMITED') {
    const at = now + Math.max(error.retryAfterMs ?? 0, 60_000)
    return { type: 'done', effects: { subscriptions: ended, jobs: [renewJob(resource.id, at, true)] } }
  }
  // Nothing is asked of the account until somebody has signed in again.
  if (error.code === 'EC_ACCOUNT_SIGNED_OUT') return { type: 'done', effects: { subscriptions: ended } }
  const covered = subscription !== null && (subscription.expiresAt ?? 0) > now && subscription.verifiedAt !== null
  const evidence: Evidence = { type: 'refused', code: error.code, covered }
  const { events, health } = settle(options, { ...situation, tried: row }, evidence)
  // Renewals of a resource come one after another: this one holds back whatever is asked for before the service wants it.
  const { retryAfterMs = 0 } = error
  const jobs = retryAfterMs > 0 ? [renewJob(resource.id, now + retryAfterMs)] : []
  return { type: 'done', effects: { events, health, subscriptions: ended, jobs } }
}

/** What the end of a try means for the health, and when to look again. */
function settle(options: RenewOptions, situation: Situation, evidence: Evidence | null) {
  const { resource, state } = situation
  const now = options.clock.now()
  const before = { state: resource.state, failureCount: state.failureCount }
  const after = evidence === null ? { ...before, givenUp: false } : judgeHealth(before, evidence)
  const then: Situation = {
    ...situation,
    resource: { ...resource, state: after.state },
    state: { ...state, failureCount: after.failureCount },
  }
  const moment = { now, awakeSince: options.awakeSince() }
  const { at: nextAt } = lookAhead(then, modeOf(then, now), options.times, moment)
  const told = after.givenUp ? [SYNC_ALERTS.disabled(resource, after.failureCount)] : []
  return {
    events: options.events.makeOwn(told),
    health:
      evidence === null
        ? { resourceId: resource.id, nextAt }
        : { resourceId: resource.id, state: after.state, failureCount: after.failureCount, nextAt },
  }
}
