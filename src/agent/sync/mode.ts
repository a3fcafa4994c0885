import { ERROR_CODES } from '../../core/error-codes.ts'
import type { SyncMode } from '../../core/sync.ts'
import { isNotWatchable, isPollingForGood } from './health.ts'
import { nextAfter, sayFailure } from './say-failure.ts'
import { signInAgain } from './sign-in-again.ts'
import type { Situation } from './situation.ts'
import { readInPlaceOf } from './twins.ts'

/**
 * How often is read what is polled. `poll`: nothing will ever tell us. `fallback`: something will again, once it is mended.
 * `daily`: it can hardly be read at all. `never`: nobody reads.
 */
export type Pace = 'poll' | 'fallback' | 'daily' | 'never'

export interface ModeVerdict {
  readonly mode: SyncMode
  /** Why, in a sentence for a person. */
  readonly because: string
  /** What the person can do, a command or a sentence; null = nothing is to be done. */
  readonly next: string | null
  readonly pace: Pace
  /** Whether a subscription is wanted, be it to have one or to mend it. */
  readonly watch: boolean
}

/**
 * How a resource learns of changes at this moment: an active and healthy subscription = by webhook; an active one that is
 * not healthy = by polling, while it is mended; none = by polling. Never two at once. Pure.
 */
export function modeOf(situation: Situation, now: number): ModeVerdict {
  const verdict = whyNone(situation) ?? whyUnwatched(situation) ?? whyBroken(situation, now) ?? webhookDriven(situation)
  return verdict.mode === 'polling' ? failing(situation, verdict) : verdict
}

/** That it cannot be read counts more than how one would learn of changes. */
function failing({ state, account }: Situation, verdict: ModeVerdict): ModeVerdict {
  const { error } = state
  // What is gone has words of its own.
  if (error === null || error === 'EC_TARGET_GONE') return verdict
  return { ...verdict, because: `the last read failed: ${sayFailure(error)}`, next: nextAfter(error, account) }
}

/** What is not read at all. */
function whyNone(situation: Situation): ModeVerdict | null {
  const { resource, account, provider, twins } = situation
  if (resource.paused) return none('it is paused', `ec resources resume ${resource.id}`)
  if (account === null) return none('the account that it was read with has gone', signInAgain(null))
  if (account.state === 'action_required') {
    const why = account.reason === null ? 'a person has to sign in again' : ERROR_CODES[account.reason].title
    // Many a calendar goes by the address of its account.
    const who = resource.name === account.address ? '' : `${account.address}: `
    return none(`${who}${why}`, signInAgain(account))
  }
  if (provider.reader === undefined) return none(`${provider.title} cannot be read`, null)
  const leader = readInPlaceOf(situation, twins)
  if (leader !== null)
    return none(`it is read through ${leader.account?.address ?? leader.resource.name} already`, null)
  return null
}

/** What is polled, and no subscription would change that. */
function whyUnwatched({ resource, account, provider, state, webhooks, address, tried }: Situation): ModeVerdict | null {
  if (state.error === 'EC_TARGET_GONE') {
    const { title, hint } = ERROR_CODES.EC_TARGET_GONE
    return polls(`${title}; it is looked for once a day`, hint.replace('ID', resource.id), 'daily')
  }
  if (provider.subscriptions === undefined) return polls(`${provider.title} tells of no changes`, null, 'poll')
  if (webhooks === 'off') return polls('webhooks are switched off', 'ec features on webhooks', 'poll')
  if (webhooks === 'off_here') {
    return polls('webhooks are switched off for it', `ec features on webhooks:${resource.id}`, 'poll')
  }
  if (address === null && provider.stream !== undefined) {
    return polls(`nothing is set up by which ${provider.title} could tell of changes`, signInAgain(account), 'poll')
  }
  if (address === null) {
    return polls(
      `${provider.title} has nowhere to deliver to: this machine cannot be reached from outside`,
      'start the agent with --public-url URL or --tunnel, or finish `ec setup`',
      'poll',
    )
  }
  if (isNotWatchable(healthOf(resource, state))) {
    return polls(`${provider.title} tells of no changes here; that is tried again once a day`, null, 'poll', true)
  }
  if (isPollingForGood(healthOf(resource, state)) && tried?.address === address) {
    const because = `notifications failed ${state.failureCount} times`
    return polls(because, `ec resources watch ${resource.id}`, 'fallback')
  }
  return null
}

/** What is polled until it is mended. */
function whyBroken({ resource, state, subscription, address }: Situation, now: number): ModeVerdict | null {
  if (subscription === null) {
    if (state.failureCount === 0) return mends('a subscription is being asked for')
    return mends(`subscribing failed ${times(state.failureCount)}; it is tried again`, 'ec calls --each')
  }
  if (subscription.expiresAt !== null && subscription.expiresAt <= now) return mends('the subscription ran out')
  if (subscription.address !== address) return mends('the address that it delivers to has changed')
  if (resource.state === 'starting') return mends('the first notification has not come yet')
  if (resource.state === 'degraded') return mends('notifications do not come as they should; it is being mended')
  if (resource.state === 'suspended' || resource.state === 'disabled') {
    return mends(
      `notifications failed ${times(state.failureCount)}; now and then it is tried again`,
      `ec resources watch ${resource.id}`,
    )
  }
  if (state.error !== null) return mends('the last read failed')
  return null
}

function webhookDriven({ resource, provider }: Situation): ModeVerdict {
  const because =
    resource.state === 'quiet'
      ? `${provider.title} tells of changes; there were none of late`
      : `${provider.title} tells of changes`
  return { mode: 'webhook', because, next: null, pace: 'never', watch: true }
}

function none(because: string, next: string | null): ModeVerdict {
  return { mode: 'none', because, next, pace: 'never', watch: false }
}

function polls(because: string, next: string | null, pace: Pace, watch = false): ModeVerdict {
  return { mode: 'polling', because, next, pace, watch }
}

function mends(because: string, next: string | null = null): ModeVerdict {
  return { mode: 'polling', because, next, pace: 'fallback', watch: true }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function healthOf({ state }: Situation['resource'], { failureCount }: Situation['state']) {
  return { state, failureCount }
}
