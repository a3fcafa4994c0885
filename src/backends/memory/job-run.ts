import type { Clock } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import type { ClaimedJob, JobResult } from '../../core/job.ts'
import type { Log } from '../../core/log.ts'
import type { JobWorker } from '../backend.ts'
import type { JobEffects, Store } from '../store.ts'
import { failedResult, toJobEnd } from './job-end.ts'
import type { Turns } from './turns.ts'

/** A run that works for longer gives the rest back: its group takes turns with the others. */
const MAX_RUN_MS = 1000
/** So does one that has given way for long: leases stay young. Sooner, and it would be claimed again for nothing. */
const MAX_HELD_MS = 3000
/** Between two tries while the store refuses to be written. */
const PAUSE_MS = 1000

export interface JobRunOptions {
  /** Consecutive jobs of one group, or one without a group. */
  readonly jobs: readonly ClaimedJob[]
  readonly worker: JobWorker
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly hold: Hold
  /** Told when jobs leave its hands, whichever way. */
  readonly left: (jobs: number) => void
  /** When each job may begin; null = as soon as the one before it is handled. */
  readonly turns: Turns | null
}

/** What the jobs of one claim have in common: they are ours until the same instant, and are lost together. */
export interface Hold {
  /** When the leases run out, on their time line. */
  readonly until: number
  /** Aborted when they are lost, for whoever works on one of them. */
  readonly lost: AbortController
}

interface Handled {
  readonly job: ClaimedJob
  readonly result: JobResult<JobEffects>
}

/**
 * The consecutive jobs of one group that were handed out together, done in order. The next job does not wait until the
 * end of the last one is durable; ends reach the store in order, and it takes them in no other. While it refuses to be
 * written, what is done is kept in hand and told again.
 */
export class JobRun {
  readonly #options: JobRunOptions
  /** Jobs whose lease is still ours. */
  readonly #held: Set<ClaimedJob>
  /** Handled, but refused by the store so far; in order. */
  #unsettled: Handled[] = []
  #stopping = false
  #endPause: (() => void) | null = null

  constructor(options: JobRunOptions) {
    this.#options = options
    this.#held = new Set(options.jobs)
  }

  /** Resolves once nothing is in its hands. Never rejects. */
  async work(): Promise<void> {
    for (const end of await this.#handleJobs()) await end
    while (this.#unsettled.length > 0) {
      await this.#pause()
      await this.#settleAgain()
    }
    while (this.#held.size > 0 && !(await this.#giveBack())) await this.#pause()
  }

  /** Begins no other job. */
  stop(): void {
    this.#stopping = true
    this.#endPause?.()
  }

  /** When its leases run out. */
  get leaseUntil(): number {
    return this.#options.hold.until
  }

  /** Whatever it still does no longer counts, as of the other runs of its claim; the jobs that it had in hand. */
  abandon(): readonly ClaimedJob[] {
    const held = [...this.#held]
    this.#unsettled = []
    for (const job of held) this.#leave(job)
    this.stop()
    this.#options.hold.lost.abort()
    return held
  }

  /** The ends of those that were handled, under way to the store. */
  async #handleJobs(): Promise<readonly Promise<void>[]> {
    const { jobs, worker, clock, log, hold, turns } = this.#options
    const startedAt = clock.monotonic()
    let waitedMs = 0
    const ends: Promise<void>[] = []
    for (const job of jobs) {
      const turn = turns?.next() ?? null
      if (turn !== null) waitedMs += await lastingMs(turn, clock)
      const heldMs = clock.monotonic() - startedAt
      if (this.#stopping || this.#unsettled.length > 0) break
      if (ends.length > 0 && (heldMs - waitedMs >= MAX_RUN_MS || heldMs >= MAX_HELD_MS)) break
      let result: JobResult<JobEffects>
      try {
        result = await worker.handle(job, hold.lost.signal)
      } catch (error) {
        log.error('a job handler threw', { job: job.id, kind: job.kind, code: toEcError(error).code })
        result = failedResult(job, error, clock.now())
      }
      ends.push(this.#settle({ job, result }))
      if (result.type === 'retry') break
    }
    return ends
  }

  async #settle({ job, result }: Handled): Promise<void> {
    // Abandoned while it was handled: somebody else does it, or will.
    if (!this.#held.has(job)) return
    const { store, worker, clock, log } = this.#options
    try {
      const appended = await store.finishJob({ job: job.id, attempt: job.attempt }, toJobEnd(result, clock.now()))
      this.#leave(job)
      worker.settled(job, result, appended)
    } catch (error) {
      const { code } = toEcError(error)
      // What follows the end of a job is the worker's own affair.
      if (!this.#held.has(job)) return log.error('a settled job was not followed up', { job: job.id, code })
      if (code === 'EC_LEASE_LOST') return this.#leave(job)
      if (isPassing(code)) return void this.#unsettled.push({ job, result })
      log.error('the effects of a job were refused', { job: job.id, kind: job.kind, code })
      this.#unsettled.push({ job, result: failedResult(job, error, clock.now()) })
    }
  }

  /** In order, until one is refused again. */
  async #settleAgain(): Promise<void> {
    const waiting = this.#unsettled
    this.#unsettled = []
    for (const handled of waiting) {
      if (this.#unsettled.length > 0) this.#unsettled.push(handled)
      else await this.#settle(handled)
    }
  }

  async #giveBack(): Promise<boolean> {
    const jobs = [...this.#held]
    try {
      await this.#options.store.releaseJobs(jobs.map(job => ({ job: job.id, attempt: job.attempt })))
    } catch {
      return false
    }
    for (const job of jobs) this.#leave(job)
    return true
  }

  #leave(job: ClaimedJob): void {
    if (this.#held.delete(job)) this.#options.left(1)
  }

  #pause(): Promise<void> {
    return new Promise(resolve => {
      const timer = this.#options.clock.setTimer(resolve, PAUSE_MS)
      this.#endPause = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}

/** How long it takes until `work` is done. */
async function lastingMs(work: Promise<void>, clock: Clock): Promise<number> {
  const began = clock.monotonic()
  await work
  return clock.monotonic() - began
}

/** `EC_CONFLICT`: an earlier job of the run has to end first, and that one was refused. */
function isPassing(code: string): boolean {
  return code === 'EC_STORAGE_FULL' || code === 'EC_STORAGE_FAILED' || code === 'EC_CONFLICT'
}
