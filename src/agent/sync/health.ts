import type { ErrorCode } from '../../core/error-codes.ts'
import type { HealthState } from '../../core/resource.ts'

/** From so many failures in a row on it is polled, and a subscription is tried now and then. */
export const SUSPEND_AT = 5
/** From so many on it is polled for good, until a person wants it tried again. */
export const DISABLE_AT = 10

/** Of a resource's subscription, by evidence alone: silence is none. */
export interface Health {
  readonly state: HealthState
  /** Failures in a row: of asking for a subscription, of proving it, of telling in time. */
  readonly failureCount: number
}

export type Evidence =
  /** A notification came that proves the way: it says nothing of changes. */
  | { readonly type: 'proved' }
  /** A notification of a change came. */
  | { readonly type: 'announced' }
  /** After a silence nothing was found that it should have told. */
  | { readonly type: 'silent' }
  /** Changes were found that nobody had announced in time. */
  | { readonly type: 'missed' }
  /** A new subscription was given its time, and nothing came. */
  | { readonly type: 'unproved' }
  /** It could not be had. `covered`: an older one still delivers. */
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly covered: boolean }
  /** A person, or what lies around it, begins anew. */
  | { readonly type: 'began' }

export interface Judged extends Health {
  /** It has just been given up, which somebody has to be told. */
  readonly givenUp: boolean
}

/**
 * The life of a subscription's health:
 *
 *     starting   asked for, or had, and nothing has come by it yet. Polled.
 *     healthy    it was proved. Webhook-driven. A silence leads to one read:
 *     quiet      which found nothing. Webhook-driven, and not asked again until something is announced.
 *     degraded   something was missed, never proved or refused. Polled, while a new one is asked for.
 *     suspended  five failures in a row. Polled; a new one is tried now and then.
 *     disabled   ten: polled for good, and the owner is told. Or the provider tells of no changes here at all: then the count
 *                stays below ten, nobody is told, and it is tried again once a day.
 *
 * Each failure counts one up. Good evidence brings it back from anywhere, but a count goes down by degrees: the first
 * announcement after failures takes one off, and only one that comes in good health takes all. So a subscription that
 * proves itself and then tells nothing, again and again, does end up suspended. A renewal that fails while the old one
 * delivers counts, and costs the health nothing yet. Pure.
 */
export function judgeHealth(health: Health, evidence: Evidence): Judged {
  const { state, failureCount } = health
  const isWell = state === 'healthy' || state === 'quiet'
  switch (evidence.type) {
    case 'proved':
      return isWell ? keep(health) : keep({ state: 'healthy', failureCount })
    case 'announced':
      return keep({ state: 'healthy', failureCount: isWell ? 0 : Math.max(0, failureCount - 1) })
    case 'silent':
      return isWell ? keep({ state: 'quiet', failureCount: 0 }) : keep(health)
    case 'missed':
    case 'unproved':
      return fail(health, 'degraded')
    case 'refused':
      if (evidence.code === 'EC_NOT_WATCHABLE') {
        return keep({ state: 'disabled', failureCount: Math.min(failureCount, DISABLE_AT - 1) })
      }
      if (evidence.covered && isWell) return keep({ state, failureCount: Math.min(failureCount + 1, SUSPEND_AT - 1) })
      return fail(health, state === 'starting' ? 'starting' : 'degraded')
    case 'began':
      return keep({ state: 'starting', failureCount: 0 })
    default:
      return evidence satisfies never
  }
}

/** Polled because the provider never tells of changes here. */
export function isNotWatchable({ state, failureCount }: Health): boolean {
  return state === 'disabled' && failureCount < DISABLE_AT
}

export function isPollingForGood({ state, failureCount }: Health): boolean {
  return state === 'disabled' && failureCount >= DISABLE_AT
}

function fail({ state, failureCount }: Health, mild: HealthState): Judged {
  const count = failureCount + 1
  if (count >= DISABLE_AT) return { state: 'disabled', failureCount: count, givenUp: state !== 'disabled' }
  return keep({ state: count >= SUSPEND_AT ? 'suspended' : mild, failureCount: count })
}

function keep(health: Health): Judged {
  return { ...health, givenUp: false }
}
