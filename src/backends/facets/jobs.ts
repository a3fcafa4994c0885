import type { GovernorRule } from '../../core/governor.ts'
import type { ClaimedJob, Job, JobState, Lane, Lease, NewJob } from '../../core/job.ts'
import type { NotificationState } from '../../core/notification.ts'
import type { HealthState } from '../../core/resource.ts'
import type { DeviceNote } from './devices.ts'
import type { DigestEffect, DigestEntry } from './digests.ts'
import type { Appended, NewEvent, NewTrace } from './events.ts'
import type { Page, PageQuery } from './pages.ts'
import type { SubscriptionPatch } from './subscriptions.ts'
import type { SyncEffect, SyncRequest } from './sync.ts'

/** Work that waits. */
export interface JobFacts {
  /** Makes a job that no stored fact causes, but time or a person; its id. */
  addJob(job: NewJob, at: number): Promise<string>
  /**
   * Hands out due jobs, of each lane at most its `limit`. Of one group it hands out a run of consecutive jobs (at most
   * `perGroup`), which the caller must end in order, and nothing more of that group until the run has ended.
   */
  claimJobs(claim: JobClaim): Promise<ClaimResult>
  /** Ends a job together with its effects. `EC_LEASE_LOST` when the lease is no longer held; then nothing happened. */
  finishJob(lease: Lease, end: JobEnd): Promise<readonly Appended[]>
  /** Gives jobs back untried: their attempt does not count. */
  releaseJobs(leases: readonly Lease[]): Promise<void>
  /**
   * Makes jobs whose lease ran out ready again (dead after their last attempt); how many. With a notification that is
   * given up so, or by too many crashes when the store is opened, a job `notification.alert` is made.
   */
  expireLeases(now: number): Promise<number>
  /** Moves the instants of waiting retries, after the wall clock was set back; how many. */
  shiftRetries(byMs: number): Promise<number>
  /** Makes a dead job ready again with a fresh set of attempts; false when it is not dead. */
  retryJob(id: string, now: number): Promise<boolean>
  listJobs(query: JobQuery): Promise<Page<Job>>
  getJob(id: string): Promise<Job | null>
  countJobs(): Promise<Readonly<Record<JobState, number>>>
}

export interface JobClaim {
  readonly now: number
  /** The instant at which the lease runs out, on the same time line as `expireLeases` is told. */
  readonly leaseUntil: number
  /** What there is room for; of a lane that is not named nothing is handed out. */
  readonly lanes: readonly LaneClaim[]
}

export interface LaneClaim {
  readonly lane: Lane
  readonly limit: number
  readonly perGroup: number
}

export interface ClaimResult {
  readonly jobs: readonly ClaimedJob[]
  /** When the next delayed job falls due; null when none waits. */
  readonly nextRunAt: number | null
  /** Lanes of which more could be claimed right now. */
  readonly more: readonly Lane[]
  /** Notifications that wait to be processed, due or not. */
  readonly waiting: number
}

/** How a job ends, with everything that must happen in the same transaction. */
export type JobEnd =
  | { readonly type: 'done'; readonly at: number; readonly effects: JobEffects }
  | {
      readonly type: 'retry'
      readonly at: number
      readonly runAt: number
      readonly reason: string
      readonly traces?: readonly NewTrace[]
      readonly noted?: DeviceNote
    }
  | { readonly type: 'dead'; readonly at: number; readonly reason: string; readonly effects: JobEffects }

export interface JobEffects {
  readonly notification?: { readonly id: string; readonly state: NotificationState; readonly reason?: string }
  readonly events?: readonly NewEvent[]
  /** Asks for a read, as `requestSync` does. */
  readonly requestSync?: SyncRequest
  readonly sync?: SyncEffect
  readonly health?: HealthEffect
  readonly subscriptions?: readonly { readonly id: string; readonly patch: SubscriptionPatch }[]
  readonly jobs?: readonly NewJob[]
  readonly traces?: readonly NewTrace[]
  /** What is held for a digest from now on. */
  readonly held?: readonly DigestEntry[]
  readonly digest?: DigestEffect
  /** It has gone out by push, which counts the first time. */
  readonly pushed?: PushedEvent
  readonly noted?: DeviceNote
  /** Gives a scheduled event its `seq`; nothing when it was retracted or has expired. */
  readonly deliver?: { readonly userId: string; readonly eventId: string }
}

/** How the subscription of a synced resource fares from now on; what is not given stays as it is. */
export interface HealthEffect {
  readonly resourceId: string
  readonly state?: HealthState
  readonly failureCount?: number
  /** When it is looked at again. */
  readonly nextAt?: number | null
}

export interface PushedEvent {
  readonly userId: string
  readonly eventId: string
  readonly at: number
  /** By which its type may be taken out of push, with a job `push.governed`; null = it is only counted. */
  readonly rule: GovernorRule | null
}

export interface JobQuery extends PageQuery {
  readonly kind?: string
  readonly state?: JobState
  readonly group?: string
}
