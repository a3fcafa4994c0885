import type { Clock, Timer } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import type { ClaimedJob, JobResult } from '../../core/job.ts'
import type { Log } from '../../core/log.ts'
import type { JobWorker, Queue } from '../backend.ts'
import type { ClaimResult, JobEffects, JobEnd, Store } from '../store.ts'

export interface MemoryQueueOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Jobs in hand at once. */
  readonly concurrency?: number
  /** Consecutive jobs of one group that are handed out together. */
  readonly perGroup?: number
  readonly leaseMs?: number
  /** How often leases are looked after. */
  readonly sweepMs?: number
  /** True while writes of others should go first; claiming then waits, but not for ever. */
  readonly busy?: () => boolean
}

/** A claim waits this long at most for others to go first, so that a flood delays work but never starves it. */
const YIELD_MS = 25
/** Jobs of a run between two pauses, in which others get their turn and the store gets to work. */
const BREATH = 32
/** After the store failed to hand out jobs. */
const PAUSE_MS = 1000

/**
 * Hands out jobs within one process. It polls nothing: it looks when it is woken, when a job ends, and when the next
 * delayed one falls due.
 */
export function createMemoryQueue(options: MemoryQueueOptions): Queue {
  const { store, clock, log, concurrency = 512, perGroup = 256, leaseMs = 60_000, sweepMs = 15_000 } = options
  const busy = options.busy ?? (() => false)
  const bornAt = clock.now() - clock.monotonic()
  const runs = new Set<Promise<void>>()
  let worker: JobWorker | null = null
  let stopping: AbortController | null = null
  let inHand = 0
  let waiting = 0
  let claiming = false
  /** Woken while a claim was under way: look once more. */
  let again = false
  let timer: Timer | null = null
  let sweep: Timer | null = null

  /** Leases are measured where no setting of the wall clock can lengthen or end them. */
  function steadyNow(): number {
    return bornAt + clock.monotonic()
  }

  function wake(): void {
    if (!worker || stopping?.signal.aborted) return
    if (claiming) again = true
    else if (inHand <= concurrency / 2) void claim()
  }

  async function claim(): Promise<void> {
    claiming = true
    again = false
    let result: ClaimResult | null = null
    try {
      await yieldToOthers()
      const limit = concurrency - inHand
      result = await store.claimJobs({ now: clock.now(), leaseUntil: steadyNow() + leaseMs, limit, perGroup })
      waiting = result.waiting
      for (const run of byGroup(result.jobs)) startRun(run)
    } catch (error) {
      log.error('no jobs could be claimed', { code: toEcError(error).code })
    }
    claiming = false
    scheduleNext(result)
  }

  function scheduleNext(result: ClaimResult | null): void {
    timer?.cancel()
    timer = null
    if (!result) timer = clock.setTimer(wake, PAUSE_MS)
    else if (again || result.more) wake()
    else if (result.nextRunAt !== null) timer = clock.setTimer(wake, Math.max(1, result.nextRunAt - clock.now()))
  }

  function yieldToOthers(): Promise<void> | null {
    if (!busy()) return null
    return new Promise(resolve => {
      const until = clock.monotonic() + YIELD_MS
      const look = (): void => void (busy() && clock.monotonic() < until ? clock.setTimer(look, 1) : resolve())
      look()
    })
  }

  function startRun(jobs: readonly ClaimedJob[]): void {
    inHand += jobs.length
    const run = work(jobs).finally(() => {
      runs.delete(run)
      wake()
    })
    runs.add(run)
  }

  /** The consecutive jobs of one group, in order; the first that does not end well sends the rest back. */
  async function work(jobs: readonly ClaimedJob[]): Promise<void> {
    const settling: Promise<void>[] = []
    for (const [i, job] of jobs.entries()) {
      if (!worker || stopping?.signal.aborted) {
        await giveBack(jobs.slice(i))
        break
      }
      const result = await worker.handle(job, stopping?.signal ?? NEVER)
      // Ends reach the store in order, so the next job need not wait for the disk.
      settling.push(settle(job, result))
      if (i % BREATH === BREATH - 1) await breathe()
      if (result.type === 'retry') {
        await giveBack(jobs.slice(i + 1))
        break
      }
    }
    await Promise.all(settling)
  }

  async function settle(job: ClaimedJob, result: JobResult<JobEffects>): Promise<void> {
    try {
      const appended = await store.finishJob({ job: job.id, attempt: job.attempt }, toEnd(result, clock.now()))
      worker?.settled(job, result, appended)
    } catch (error) {
      // The lease runs out and the job comes again; its effects are idempotent by then.
      log.error('a job could not be ended', { job: job.id, kind: job.kind, code: toEcError(error).code })
    } finally {
      inHand -= 1
    }
  }

  async function giveBack(jobs: readonly ClaimedJob[]): Promise<void> {
    if (jobs.length === 0) return
    try {
      await store.releaseJobs(jobs.map(job => ({ job: job.id, attempt: job.attempt })))
    } catch (error) {
      log.error('jobs could not be given back', { jobs: jobs.length, code: toEcError(error).code })
    } finally {
      inHand -= jobs.length
    }
  }

  function sweepLeases(): void {
    store.expireLeases(steadyNow()).then(
      expired => {
        if (expired > 0) log.warn('leases ran out', { jobs: expired })
        wake()
      },
      (error: unknown) => log.error('leases could not be looked after', { code: toEcError(error).code }),
    )
    sweep = clock.setTimer(sweepLeases, sweepMs)
  }

  return {
    start(newWorker) {
      worker = newWorker
      stopping = new AbortController()
      sweep = clock.setTimer(sweepLeases, sweepMs)
      wake()
    },
    wake,
    running: () => inHand,
    waiting: () => waiting,
    async stop(graceMs) {
      timer?.cancel()
      sweep?.cancel()
      stopping?.abort()
      let grace: Timer | null = null
      const over = new Promise<void>(resolve => void (grace = clock.setTimer(resolve, graceMs)))
      await Promise.race([Promise.allSettled(runs), over])
      cancel(grace)
      worker = null
    },
  }
}

function breathe(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

const NEVER = new AbortController().signal

function cancel(timer: Timer | null): void {
  timer?.cancel()
}

function toEnd(result: JobResult<JobEffects>, now: number): JobEnd {
  switch (result.type) {
    case 'done':
      return { type: 'done', at: now, effects: result.effects ?? {} }
    case 'retry':
      return { type: 'retry', at: now, runAt: result.at, reason: result.reason }
    case 'dead':
      return { type: 'dead', at: now, reason: result.reason, effects: result.effects ?? {} }
    default:
      return result satisfies never
  }
}

/** Runs of one group stay together; a job without a group is a run of its own. */
function byGroup(jobs: readonly ClaimedJob[]): readonly (readonly ClaimedJob[])[] {
  const runs: ClaimedJob[][] = []
  let current: ClaimedJob[] = []
  for (const job of jobs) {
    const same = job.group !== '' && current[0]?.group === job.group
    if (same) current.push(job)
    else runs.push((current = [job]))
  }
  return runs
}
