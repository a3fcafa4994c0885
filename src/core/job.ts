import type { JsonObject } from './json.ts'

export const JOB_STATES = ['ready', 'delayed', 'running', 'done', 'dead'] as const
export type JobState = (typeof JOB_STATES)[number]

export const JOB_KINDS = [
  'notification.process',
  'notification.alert',
  'event.deliver',
  'question.expire',
  'question.callback',
] as const
export type JobKind = (typeof JOB_KINDS)[number]

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
  | { readonly type: 'retry'; readonly at: number; readonly reason: string }
  | { readonly type: 'dead'; readonly reason: string; readonly effects?: Effects }
