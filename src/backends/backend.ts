import type { CheckResult } from '../core/check.ts'
import type { Clock } from '../core/clock.ts'
import type { ClaimedJob, JobResult } from '../core/job.ts'
import type { Ids } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Seal } from '../core/seal.ts'
import type { Appended, JobEffects, Store, StreamItem } from './store.ts'

/** Where facts live, work waits, answers are kept for a while, and parts hear of each other. */
export interface Backend {
  readonly store: Store
  readonly queue: Queue
  readonly cache: Cache
  readonly bus: Bus
  checks(): Promise<readonly CheckResult[]>
  /** Whether nothing is written and no job looked for at this moment; jobs in hand may wait for what they asked for. */
  isStill(): boolean
  /** Ends everything; what was asked for before is finished first. Idempotent. */
  close(): Promise<void>
}

/** What a backend is opened with; opening migrates. */
export interface BackendContext {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly seal: Seal
  readonly random: () => number
}

/**
 * Hands out the jobs that the store holds. Jobs are born in the store, in the transaction of the fact that causes
 * them; `wake` only says that there may be some.
 */
export interface Queue {
  start(worker: JobWorker): void
  wake(): void
  /** Claims nothing more and waits for what runs; what does not end in `graceMs` is given back. */
  stop(graceMs: number): Promise<void>
  /** Jobs in hand at this moment. */
  running(): number
  /** Whether no job is looked for at this moment. */
  isStill(): boolean
  /** Notifications that wait to be processed, due or not, as far as this process knows. */
  waiting(): number
}

export interface JobWorker {
  /** Does the work. It must not throw: what failed is a `retry` or `dead` by the policy of its kind. */
  handle(job: ClaimedJob, signal: AbortSignal): Promise<JobResult<JobEffects>>
  /** Told after the job's end is durable. */
  settled(job: ClaimedJob, result: JobResult<JobEffects>, appended: readonly Appended[]): void
}

/** Short-lived answers; a miss is never an error. Keys and tags are the design's (`calendar:events:{user}`). */
export interface Cache {
  get(key: string): Promise<string | null>
  set(key: string, value: string, options: { readonly ttlMs: number; readonly tags?: readonly string[] }): Promise<void>
  delete(key: string): Promise<void>
  /** Forgets everything that carries one of the tags; how many. */
  invalidate(tags: readonly string[]): Promise<number>
  list(prefix: string): Promise<readonly { readonly key: string; readonly expiresInMs: number }[]>
  clear(prefix: string): Promise<number>
}

/** What parts tell each other, across processes too; a message may be lost, so it is a hint and never the only word. */
export interface BusTopics {
  /** New items of one user's stream, ascending. */
  stream: { readonly userId: string; readonly items: readonly StreamItem[] }
  /** A question has ended, in whichever way. */
  question: { readonly userId: string; readonly id: string }
  /** A resource, key or switch changed: forget what you remember of it. */
  changed: { readonly what: 'resource' | 'key' | 'feature' | 'user' | 'account'; readonly id: string }
  /** The copy of a resource was read from its provider, a page or to the end; `changed` = items of it are others now. */
  synced: { readonly resourceId: string; readonly userId: string; readonly changed: boolean }
  /** Browsers that are signed out, by the ids of their sessions. */
  signedOut: { readonly userId: string; readonly sessions: readonly string[] }
  /** The store was restored: every position is void. */
  restored: { readonly epoch: string }
}

export interface Bus {
  publish<Topic extends keyof BusTopics>(topic: Topic, message: BusTopics[Topic]): void
  /** Returns the end of the subscription. A listener that throws disturbs no other. */
  subscribe<Topic extends keyof BusTopics>(topic: Topic, listen: (message: BusTopics[Topic]) => void): () => void
}
