import type { HealthEffect, JobEffects, Store, SubscriptionPatch } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { WebhookSubscription } from '../../core/subscription.ts'
import { judgeHealth } from './health.ts'
import { renewalAt, standsBy } from './next-look.ts'
import { readSituation, type SituationOptions } from './read-situation.ts'
import type { Situation } from './situation.ts'
import { renewJob, stopJob, syncJob } from './sync-job.ts'

export interface AnnounceOptions extends SituationOptions {
  readonly store: SituationOptions['store'] & Pick<Store, 'getSubscription'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** After a notification others may follow, which the same read sees, ms. */
  readonly coalesceMs: number
}

/** So long a channel that was stopped may deliver still. */
const LINGERS_MS = 10 * 60_000
/** So long the job that asked for a subscription has to take its answer in; then its row is adopted as it stands. */
const ANSWER_MS = 2 * 60_000

/**
 * What a notification of a synced resource causes: it never says what changed, so a read is asked for, and its processing
 * ends with that read. One that only proves the way announces nothing. Null: the resource is not synced.
 */
export async function announce(options: AnnounceOptions, record: NotificationRecord): Promise<JobEffects | null> {
  const situation = await readSituation(options, record.resourceId)
  const reader = situation?.provider.reader
  if (situation === null || reader === undefined) return null
  const { provider, resource, state, webhooks } = situation
  const now = options.clock.now()
  const proves = provider.subscriptions?.isProof(record) ?? false
  const source = await findSource(options, situation, record)
  const heard =
    source.row === null ? [] : [{ id: source.row.id, patch: hear(source.row, source.remoteId, record, now) }]
  const jobs = [...source.stop, ...(isNearItsEnd(situation, source.row, now) ? [renewJob(resource.id, now)] : [])]
  const health = webhooks === 'on' && isCurrent(source.row) ? judge(situation, proves ? 'proved' : 'announced') : null
  const effects: JobEffects = {
    notification: { id: record.id, state: 'processed' },
    subscriptions: heard,
    jobs,
    ...(health === null ? {} : { health }),
  }
  const request = {
    resourceId: resource.id,
    cause: 'webhook',
    full: false,
    at: now,
    job: syncJob(resource.id, now + options.coalesceMs),
    hurry: false,
  } as const
  if (proves) {
    const isUnread = state.generation === 0 && state.job === null
    const isBehind = webhooks === 'on' && beginsBehind(situation, source.row)
    return isUnread || isBehind ? { ...effects, requestSync: { ...request, announced: false } } : effects
  }
  // Rolled back to polling: a late delivery of what is being stopped changes nothing of that.
  if (webhooks !== 'on') return effects
  // So does one of what is read through another account, which is told of the same.
  if (standsBy(situation)) return effects
  // The cursor of another version of ours says nothing to this reader.
  const { cursor } = state
  if (cursor !== null && state.cursorVersion === reader.version && reader.covers?.(record, cursor)) return effects
  return {
    ...effects,
    notification: { id: record.id, state: 'syncing' },
    requestSync: { ...request, announced: true },
  }
}

interface Source {
  /** Null: it is none of ours. */
  readonly row: WebhookSubscription | null
  readonly remoteId: string | null
  /** What is to be done about one that nobody wants. */
  readonly stop: readonly ReturnType<typeof stopJob>[]
}

/** Which subscription a notification came by. */
async function findSource(
  { store, clock, log }: AnnounceOptions,
  { provider, resource, subscription }: Situation,
  record: NotificationRecord,
): Promise<Source> {
  const origin = provider.subscriptions?.origin(record) ?? null
  // It does not say: there is but one way by which it can have come.
  if (origin === null) return { row: subscription, remoteId: null, stop: [] }
  const { id, remoteId } = origin
  const row = await store.getSubscription(id)
  if (row !== null && row.resourceId === resource.id) {
    // A channel delivers for a while after it was replaced. One that we could not stop is stopped by what we hear now, and so
    // is one that goes on and on: its stop was lost, or refused.
    const isLeft = row.state === 'ended' || row.state === 'superseded'
    const goesOn = row.endedAt !== null && clock.now() - row.endedAt > LINGERS_MS
    const unstoppable = isLeft && remoteId !== null && (row.remoteId === null || goesOn)
    return { row, remoteId, stop: unstoppable ? [stopJob(resource.id, origin, clock.now())] : [] }
  }
  // Its proof was good, so we have made it, in a life of which nothing is left: a restored backup, a lost answer.
  log.warn('a notification came by a subscription that nobody knows', { resource: resource.id, subscription: id })
  return { row: null, remoteId, stop: [stopJob(resource.id, origin, clock.now())] }
}

function hear(
  row: WebhookSubscription,
  remoteId: string | null,
  { receivedAt }: NotificationRecord,
  now: number,
): SubscriptionPatch {
  const isLeft = row.state === 'registering' && now - row.createdAt > ANSWER_MS
  return {
    verifiedAt: row.verifiedAt ?? receivedAt,
    lastNotificationAt: Math.max(receivedAt, row.lastNotificationAt ?? 0),
    ...(row.remoteId === null && remoteId !== null ? { remoteId } : {}),
    ...(isLeft ? { state: 'active' as const } : {}),
  }
}

/** The renewal that was planned may have failed to come, as of a machine that slept. */
function isNearItsEnd({ provider, subscription }: Situation, row: WebhookSubscription | null, now: number): boolean {
  if (row === null || row.id !== subscription?.id || provider.subscriptions === undefined) return false
  return renewalAt(row, provider.subscriptions.renewAfterMs) <= now
}

/**
 * Whether changes may have fallen into a hole before a subscription that has just proved itself: none delivered to the same
 * place when it was asked for, as after a tunnel broke, and what was read last may have been read before. A read that has yet
 * to begin, or began after it, sees them.
 */
function beginsBehind({ state, subscription, others }: Situation, row: WebhookSubscription | null): boolean {
  if (row === null || !isCurrent(row) || row.verifiedAt !== null) return false
  const { id, address, createdAt } = row
  const overlaps = (one: WebhookSubscription): boolean =>
    one.id !== id && one.verifiedAt !== null && one.address === address && (one.expiresAt ?? Infinity) > createdAt
  if ([...(subscription === null ? [] : [subscription]), ...others].some(overlaps)) return false
  return state.asked === null && (state.pass === null || state.pass.startedAt < createdAt)
}

/** What comes by one that was replaced says nothing of its successor. */
function isCurrent(row: WebhookSubscription | null): boolean {
  return row?.state === 'active' || row?.state === 'registering'
}

function judge({ resource, state }: Situation, type: 'proved' | 'announced'): HealthEffect | null {
  const before = { state: resource.state, failureCount: state.failureCount }
  const { givenUp: _, ...after } = judgeHealth(before, { type })
  const same = after.state === before.state && after.failureCount === before.failureCount
  return same ? null : { resourceId: resource.id, ...after }
}
