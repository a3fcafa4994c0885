import { setMaxListeners } from 'node:events'
import type { Clock, Timer } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import { laneOf, LANES, type ClaimedJob, type Lane } from '../../core/job.ts'
import type { Log } from '../../core/log.ts'
import type { JobWorker, Queue } from '../backend.ts'
import type { ClaimResult, LaneClaim, Store } from '../store.ts'
import { JobRun, type Hold } from './job-run.ts'
import { giveWay, TRICKLE, Turns } from './turns.ts'

export interface MemoryQueueOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Room for jobs in hand. */
  readonly room?: Readonly<Record<Lane, Room>>
  readonly leaseMs?: number
  /** How often leases are looked after. */
  readonly sweepMs?: number
  /** True while writes of others should go first; claims and local work then wait, but not for ever. */
  readonly busy?: () => boolean
}

export interface MemoryQueue extends Queue {
  /** Drops what is in hand, since its store is about to be replaced; claims nothing until what it returns is called. */
  suspend(): () => void
}

export interface Room {
  /** Jobs of the lane in hand at once. */
  readonly jobs: number
  /**
   * Consecutive jobs of one group that are handed out together. Between two runs of a group its claim has to become
   * durable while nothing of it is done, so a burst of one group is worked off the faster the longer its runs are.
   */
  readonly perGroup: number
}

/**
 * What waits for the network takes no more than its sender does at once, so that no lease runs out in a queue. What goes to
 * people is handed out one of a group at a time: whether it repeats the one before is known once that is durable.
 */
const ROOM: Readonly<Record<Lane, Room>> = {
  notifications: { jobs: 2048, perGroup: 1024 },
  sync: { jobs: 32, perGroup: 1 },
  // Each holds some megabytes of a page in hand.
  fills: { jobs: 2, perGroup: 1 },
  subscriptions: { jobs: 16, perGroup: 1 },
  events: { jobs: 1024, perGroup: 64 },
  push: { jobs: 400, perGroup: 1 },
  email: { jobs: 32, perGroup: 1 },
  exec: { jobs: 4, perGroup: 1 },
  webhook: { jobs: 32, perGroup: 1 },
  callbacks: { jobs: 64, perGroup: 4 },
}

/** Lanes whose jobs are done here, on the loop that answers senders too; those of the others wait for the network. */
const LOCAL = ['notifications', 'events'] as const satisfies readonly Lane[]
/** After the store failed to hand out jobs. */
const PAUSE_MS = 1000

/**
 * Hands out jobs within one process. It polls nothing: it looks when it is woken, when a run of jobs ends, and when the
 * next delayed one falls due.
 */
export function createMemoryQueue(options: MemoryQueueOptions): MemoryQueue {
  const { store, clock, log, room = ROOM, leaseMs = 60_000, sweepMs = 15_000 } = options
  // Whoever is stopping waits for nobody.
  const busy = (): boolean => worker !== null && (options.busy?.() ?? false)
  const turns = new Map<Lane, Turns>(LOCAL.map(lane => [lane, new Turns({ clock, busy })]))
  const bornAt = clock.now() - clock.monotonic()
  const runs = new Map<JobRun, Promise<void>>()
  let worker: JobWorker | null = null
  let suspended = false
  const inHand: Record<Lane, number> = {
    notifications: 0,
    sync: 0,
    fills: 0,
    subscriptions: 0,
    events: 0,
    push: 0,
    email: 0,
    exec: 0,
    webhook: 0,
    callbacks: 0,
  }
  let waiting = 0
  /** The claim under way, if any. */
  let claiming: Promise<void> | null = null
  /** Woken while a claim was under way: look once more. */
  let again = false
  let timer: Timer | null = null
  let sweep: Timer | null = null

  /** Leases are measured where no setting of the wall clock can lengthen or end them. */
  function steadyNow(): number {
    return bornAt + clock.monotonic()
  }

  function wake(): void {
    if (!worker || suspended) return
    if (claiming) again = true
    else if (LANES.some(hasRoom)) claiming = claim(worker)
  }

  /** A lane is asked for more when half of its room is free: a claim is dear, and better for many jobs than for one. */
  function hasRoom(lane: Lane): boolean {
    return inHand[lane] <= room[lane].jobs / 2
  }

  async function claim(by: JobWorker): Promise<void> {
    again = false
    let result: ClaimResult | null = null
    try {
      const trickle = !(await giveWay({ busy, clock }))
      const leaseUntil = steadyNow() + leaseMs
      const lanes = LANES.filter(hasRoom).map(lane => claimOf(lane, trickle))
      result = await store.claimJobs({ now: clock.now(), leaseUntil, lanes })
      waiting = result.waiting
      // While suspended, what came is of a store that is no more.
      if (!suspended) startAll(result.jobs, by, leaseUntil)
    } catch (error) {
      log.error('no jobs could be claimed', { code: toEcError(error).code })
    }
    claiming = null
    scheduleNext(result)
  }

  function claimOf(lane: Lane, trickle: boolean): LaneClaim {
    const { jobs, perGroup } = room[lane]
    return { lane, limit: trickle ? Math.min(TRICKLE, jobs) : jobs - inHand[lane], perGroup }
  }

  function scheduleNext(result: ClaimResult | null): void {
    timer?.cancel()
    timer = null
    if (!result) timer = clock.setTimer(wake, PAUSE_MS)
    else if (again || result.more.some(hasRoom)) wake()
    else if (result.nextRunAt !== null) timer = clock.setTimer(wake, Math.max(1, result.nextRunAt - clock.now()))
  }

  function startAll(jobs: readonly ClaimedJob[], by: JobWorker, until: number): void {
    const lost = new AbortController()
    // Hundreds work on the jobs of one claim, which Node would take for a leak.
    setMaxListeners(0, lost.signal)
    for (const run of byGroup(jobs)) start(run, by, { until, lost })
  }

  function start(jobs: readonly ClaimedJob[], by: JobWorker, hold: Hold): void {
    const [first] = jobs
    if (!first) return
    // A group is of one lane.
    const lane = laneOf(first.kind)
    inHand[lane] += jobs.length
    const left = (n: number): void => void (inHand[lane] -= n)
    const run = new JobRun({ jobs, worker: by, store, clock, log, hold, left, turns: turns.get(lane) ?? null })
    // Claimed while the queue was being stopped: it begins nothing and gives all of it back.
    if (!worker) run.stop()
    runs.set(run, finish(run))
  }

  async function finish(run: JobRun): Promise<void> {
    await run.work()
    runs.delete(run)
    wake()
  }

  async function sweepLeases(): Promise<void> {
    const now = steadyNow()
    let held = true
    try {
      // An idle agent leaves the disk alone.
      held = runs.size > 0 || (await store.countJobs()).running > 0
      const expired = held ? await store.expireLeases(now) : 0
      if (expired > 0) log.warn('leases ran out', { jobs: expired })
      // Whoever hangs keeps neither his jobs nor the room that they took.
      for (const run of runs.keys()) if (run.leaseUntil <= now) forget(run)
    } catch (error) {
      log.error('leases could not be looked after', { code: toEcError(error).code })
    }
    if (!worker) return
    sweep = clock.setTimer(() => void sweepLeases(), sweepMs)
    if (held) wake()
  }

  /** The jobs that it had. */
  function forget(run: JobRun): readonly ClaimedJob[] {
    runs.delete(run)
    return run.abandon()
  }

  async function stop(graceMs: number): Promise<void> {
    worker = null
    timer?.cancel()
    sweep?.cancel()
    // What a claim hands out now must be given back before anyone closes the store.
    await claiming
    for (const run of runs.keys()) run.stop()
    await within(graceMs, Promise.all(runs.values()))
    const left = [...runs.keys()].flatMap(forget)
    if (left.length === 0) return
    log.warn('jobs were given back unfinished', { jobs: left.length })
    await store.releaseJobs(left.map(job => ({ job: job.id, attempt: job.attempt }))).catch((error: unknown) => {
      log.error('jobs could not be given back', { jobs: left.length, code: toEcError(error).code })
    })
  }

  /** Resolves when `work` does, or after `ms`. */
  async function within(ms: number, work: Promise<unknown>): Promise<void> {
    let over: Timer | null = null
    await Promise.race([work, new Promise<void>(resolve => void (over = clock.setTimer(resolve, ms)))])
    cancel(over)
  }

  return {
    start(newWorker) {
      worker = newWorker
      sweep = clock.setTimer(() => void sweepLeases(), sweepMs)
      wake()
    },
    wake,
    running: () => LANES.reduce((sum, lane) => sum + inHand[lane], 0),
    isStill: () => claiming === null,
    waiting: () => waiting,
    stop,
    suspend() {
      suspended = true
      for (const run of runs.keys()) forget(run)
      return () => {
        suspended = false
        wake()
      }
    },
  }
}

function cancel(timer: Timer | null): void {
  timer?.cancel()
}

/** Runs of one group stay together; a job without a group is a run of its own. */
function byGroup(jobs: readonly ClaimedJob[]): readonly (readonly ClaimedJob[])[] {
  const runs: ClaimedJob[][] = []
  let current: ClaimedJob[] = []
  for (const job of jobs) {
    const [first] = current
    const same = job.group !== '' && first?.group === job.group && laneOf(first.kind) === laneOf(job.kind)
    if (same) current.push(job)
    else runs.push((current = [job]))
  }
  return runs
}
