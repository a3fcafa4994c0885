import type { WebhookSubscription } from '../../core/subscription.ts'
import { isNotWatchable, SUSPEND_AT } from './health.ts'
import type { ModeVerdict } from './mode.ts'
import type { Situation } from './situation.ts'
import { spread } from './spread.ts'
import { readInPlaceOf, STAND_BY_MS, toldByInPlaceOf } from './twins.ts'

export interface SyncTimes {
  /** How often is read what nothing tells us of, ms. */
  readonly pollMs: number
  /** While a subscription is broken: from, and after some failures, to, ms. */
  readonly fallbackMs: number
  readonly fallbackMaxMs: number
  /** After how long a silence is looked into, ms. */
  readonly silenceMs: number
}

/** The present, and since when this machine has been there to listen: what was sent before may have been missed. */
export interface Moment {
  readonly now: number
  readonly awakeSince: number
}

/** What is to be done to a resource without anything having come. */
export type Duty =
  | { readonly type: 'read'; readonly cause: 'polling' | 'probe'; readonly full: boolean; readonly after?: 'pass' }
  /** Ask for a subscription, be it the first, another, or more of the same. */
  | { readonly type: 'subscribe' }
  /** Nothing has proved the new one. */
  | { readonly type: 'doubt' }
  /** Stop what may not deliver any more. */
  | { readonly type: 'unwatch' }

export interface Outlook {
  /** What has fallen due by now. */
  readonly due: readonly Duty[]
  /** When it is to be looked at again: the present, when something is due; null = never, until something happens. */
  readonly at: number | null
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** What is caught up on after a start or a sleep is spread over this, ms. */
const CATCH_UP_MS = 30_000
/** A new subscription that works proves it within seconds. */
export const PROOF_MS = 3 * MINUTE_MS
/** Between two tries to subscribe, by the failures so far; from `SUSPEND_AT` on the last. */
const WAITS_MS = [MINUTE_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, 6 * HOUR_MS]
/** One whose end we were never told is not trusted for long. */
const UNKNOWN_LIFE_MS = HOUR_MS

interface Planned {
  readonly duty: Duty
  readonly at: number
}

/** What is due, and when to look again. Times are spread by the resource's id, so that nothing is done to all at once. Pure. */
export function lookAhead(situation: Situation, verdict: ModeVerdict, times: SyncTimes, moment: Moment): Outlook {
  const { now } = moment
  const planned = [planRead(situation, verdict, times, moment), ...planWatch(situation, verdict, now)].filter(
    plan => plan !== null,
  )
  if (planned.length === 0) return { due: [], at: standsBy(situation) ? now + STAND_BY_MS : null }
  const due = planned.filter(({ at }) => at <= now).map(({ duty }) => duty)
  return { due, at: Math.max(now, Math.ceil(Math.min(...planned.map(({ at }) => at)))) }
}

/** Whether the same is read through another account; it takes over when that one cannot be read any more. */
export function standsBy(situation: Situation): boolean {
  return readInPlaceOf(situation, situation.twins) !== null
}

/** When the next read falls due that nobody asks for. */
function planRead(
  situation: Situation,
  { mode, pace }: ModeVerdict,
  times: SyncTimes,
  { awakeSince }: Moment,
): Planned | null {
  if (mode === 'none') return null
  const { resource, state, account } = situation
  const { lastSyncAt, errorAt } = state
  const last = Math.max(lastSyncAt ?? 0, errorAt ?? 0)
  const nth = spread(`${resource.id} ${last}`)
  // A deletion that waits for a person's word is looked at anew each day: what seemed gone may be back.
  const full = state.heldDeletion !== null
  // It was put off until somebody made it possible again, and nobody else sees to it.
  const isLeft = state.job === null && (state.asked !== null || (state.pass !== null && state.error === null))
  // What was in the way of the last read may have gone with the old consent.
  const isNewlyAllowed = errorAt !== null && account !== null && account.grantedAt > errorAt
  // While another account stood in for this one, nothing was read here.
  const isBehind = (toldByInPlaceOf(situation, situation.twins)?.state.lastSyncAt ?? 0) > last
  const cause = mode === 'webhook' ? 'probe' : 'polling'
  if (isLeft || isNewlyAllowed || isBehind) return { duty: { type: 'read', cause, full: false }, at: 0 }
  // What changed while nobody listened may lie behind the pages that it has read, so it is followed by another.
  const isCutShort = state.pass !== null && state.pass.startedAt < awakeSince && state.asked === null
  if (isCutShort && pace !== 'poll' && pace !== 'daily') {
    return { duty: { type: 'read', cause, full: false, after: 'pass' }, at: 0 }
  }
  if (mode === 'polling') {
    const daily = full && last - (state.lastFullAt ?? 0) > DAY_MS / 2
    const duty = { type: 'read', cause: 'polling', full: daily } as const
    if (lastSyncAt === null && errorAt === null) return { duty, at: 0 }
    const at = last + paceMs(pace, state.failureCount, times) * (1 + 0.25 * nth)
    // What was to be told of was missed while nobody listened; what never is keeps its pace.
    const missed = pace === 'fallback' && last < awakeSince
    return { duty, at: missed ? Math.min(at, awakeSince + CATCH_UP_MS * nth) : at }
  }
  const duty = { type: 'read', cause: 'probe', full } as const
  // What came while nobody was there to listen is not announced again.
  if (last < awakeSince) return { duty: { ...duty, full: false }, at: awakeSince + CATCH_UP_MS * nth }
  // Any good read counts as the daily one.
  const safetyAt = last + DAY_MS * (1 - 0.1 * nth)
  if (resource.state === 'quiet' || full) return { duty, at: safetyAt }
  const heardAt = Math.max(last, state.lastAnnouncedAt ?? 0)
  return { duty, at: Math.min(safetyAt, heardAt + times.silenceMs * (0.75 + 0.5 * nth)) }
}

function paceMs(pace: ModeVerdict['pace'], failureCount: number, times: SyncTimes): number {
  const { pollMs, fallbackMs, fallbackMaxMs } = times
  if (pace === 'poll') return pollMs
  if (pace === 'daily') return DAY_MS
  return fallbackMs + Math.max(0, fallbackMaxMs - fallbackMs) * Math.min(1, failureCount / SUSPEND_AT)
}

/** What is to be done to have a subscription, to keep it, and to be rid of it. */
function planWatch(situation: Situation, { watch, mode }: ModeVerdict, now: number): readonly Planned[] {
  const { resource, state, subscription, address, provider, webhooks } = situation
  if (mode !== 'none' && (webhooks !== 'on' || address === null)) return planUnwatch(situation)
  if (standsBy(situation)) return planUnwatch(situation)
  if (!watch) return []
  if (isNotWatchable({ state: resource.state, failureCount: state.failureCount })) {
    return [
      { duty: { type: 'subscribe' }, at: (situation.tried?.createdAt ?? 0) + DAY_MS * (1 + 0.1 * spread(resource.id)) },
    ]
  }
  const isUsable =
    subscription !== null && subscription.address === address && (subscription.expiresAt ?? now + 1) > now
  if (!isUsable) return [tryAgain(situation)]
  if (subscription.verifiedAt === null) {
    return [{ duty: { type: 'doubt' }, at: subscription.createdAt + PROOF_MS }]
  }
  if (resource.state !== 'healthy' && resource.state !== 'quiet') return [tryAgain(situation)]
  const renewAt = renewalAt(subscription, provider.subscriptions?.renewAfterMs)
  const { duty, at } = tryAgain(situation)
  return [{ duty, at: state.failureCount > 0 ? Math.max(renewAt, at) : renewAt }]
}

/** Late deliveries of what is stopped are taken, so that stopping need not hurry. */
function planUnwatch({ subscription, others }: Situation): readonly Planned[] {
  const isAlive = subscription !== null || others.some(({ state }) => state === 'registering')
  return isAlive ? [{ duty: { type: 'unwatch' }, at: 0 }] : []
}

function tryAgain({ state, account, tried, address }: Situation): Planned {
  // What was refused under another consent may be allowed by now.
  const isNewlyAllowed = tried !== null && account !== null && account.grantedAt > tried.createdAt
  if (tried === null || (isNewlyAllowed && state.failureCount > 0)) return { duty: { type: 'subscribe' }, at: 0 }
  // What failed elsewhere says nothing of a new address.
  const wait =
    tried.address !== address ? MINUTE_MS : (WAITS_MS[Math.min(state.failureCount, WAITS_MS.length - 1)] ?? 0)
  const at = tried.createdAt + wait * (1 + 0.2 * spread(tried.id))
  return { duty: { type: 'subscribe' }, at }
}

/**
 * When a subscription is renewed: before a fifth of its life is left, spread over a tenth of it. `afterMs`: at the latest so
 * long after it was had, where the provider wants it so.
 */
export function renewalAt({ id, createdAt, expiresAt }: WebhookSubscription, afterMs = Infinity): number {
  if (expiresAt === null) return createdAt + UNKNOWN_LIFE_MS
  const life = Math.max(0, expiresAt - createdAt)
  return createdAt + Math.min(life * (0.8 - 0.1 * spread(id)), afterMs * (1 - 0.1 * spread(id)))
}
