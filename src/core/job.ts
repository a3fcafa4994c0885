import type { JsonObject } from './json.ts'

export const JOB_STATES = ['ready', 'delayed', 'running', 'done', 'dead'] as const
export type JobState = (typeof JOB_STATES)[number]

export const JOB_KINDS = [
  'notification.process',
  'notification.alert',
  'sync.run',
  'sync.fill',
  'subscription.renew',
  'subscription.stop',
  'event.deliver',
  'event.send',
  'push.send',
  'push.governed',
  'email.send',
  'digest.make',
  'digest.send',
  'exec.send',
  'webhook.send',
  'question.expire',
  'question.callback',
] as const
export type JobKind = (typeof JOB_KINDS)[number]

/**
 * Work that waits for different things, and must not wait for each other: a push service that hangs may not hold up a
 * webhook. Each lane has room of its own for jobs in hand.
 */
export const LANES = [
  'notifications',
  'sync',
  'fills',
  'subscriptions',
  'events',
  'push',
  'email',
  'exec',
  'webhook',
  'callbacks',
] as const
export type Lane = (typeof LANES)[number]

const LANE_OF = {
  'notification.process': 'notifications',
  'notification.alert': 'events',
  'sync.run': 'sync',
  'sync.fill': 'fills',
  'subscription.renew': 'subscriptions',
  'subscription.stop': 'subscriptions',
  'event.deliver': 'events',
  'event.send': 'events',
  'push.send': 'push',
  'push.governed': 'events',
  'email.send': 'email',
  'digest.make': 'events',
  'digest.send': 'email',
  'exec.send': 'exec',
  'webhook.send': 'webhook',
  'question.expire': 'events',
  'question.callback': 'callbacks',
} as const satisfies Record<JobKind, Lane>

export function laneOf(kind: JobKind): Lane {
  return LANE_OF[kind]
}

/** The kinds of job that share a lane. */
export function kindsOf(lane: Lane): readonly JobKind[] {
  return JOB_KINDS.filter(kind => LANE_OF[kind] === lane)
}

export function isJobKind(kind: string): kind is JobKind {
  return JOB_KINDS.some(known => known === kind)
}

/**
 * Work that waits. Jobs of one group run one after another in the order they were made; a job that waits for its retry
 * holds its group back. Jobs of other groups do not wait for it.
 */
export interface NewJob {
  readonly kind: JobKind
  /** Empty = no order is kept. */
  readonly group: string
  /** Higher runs first; 0 is usual. */
  readonly priority: number
  readonly maxAttempts: number
  /** Not before this instant, ms since 1970. */
  readonly runAt: number
  readonly payload: JsonObject
}

export interface Job extends NewJob {
  /** `job_` and its number in the order of arrival; the store gives it. */
  readonly id: string
  readonly state: JobState
  /** The attempt that runs or ran last, from 1; 0 before the first. */
  readonly attempt: number
  readonly createdAt: number
  readonly finishedAt: number | null
  readonly error: string | null
}

/** The right to end a job. It is lost when the lease ran out and another worker took the job. */
export interface Lease {
  readonly job: string
  readonly attempt: number
}

/** A job in the hands of a worker. */
export interface ClaimedJob extends NewJob {
  readonly id: string
  readonly attempt: number
}

/** How a handler ends a job; what it wants done in the same transaction stands in the stage's own `effects`. */
export type JobResult<Effects> =
  | { readonly type: 'done'; readonly effects?: Effects }
  | { readonly type: 'retry'; readonly at: number; readonly reason: string; readonly effects?: Effects }
  | { readonly type: 'dead'; readonly reason: string; readonly effects?: Effects }
