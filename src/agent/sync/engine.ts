import type { Bus } from '../../backends/backend.ts'
import type { JobEffects, NewEvent, Store } from '../../backends/store.ts'
import type { CheckResult } from '../../core/check.ts'
import type { Clock } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'
import type { ClaimedJob, JobResult } from '../../core/job.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { Provider } from '../../providers/provider.ts'
import type { SyncApi } from '../http/api.ts'
import { announce } from './announce.ts'
import { createSyncApi } from './api.ts'
import { checkSync } from './check-sync.ts'
import type { ContextFor } from './context-for.ts'
import type { SyncTimes } from './next-look.ts'
import { renewSubscription } from './renew-subscription.ts'
import { runSync } from './run-sync.ts'
import { stopSubscription } from './stop-subscription.ts'
import { SyncFigures } from './sync-figures.ts'
import { Watchman } from './watchman.ts'

export interface SyncEngineOptions {
  readonly store: Store
  readonly bus: Bus
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly contextFor: ContextFor
  readonly events: { makeOwn(inputs: readonly EventInput[]): readonly NewEvent[] }
  readonly publicUrl: () => string | null
  readonly clock: Clock
  readonly ids: Pick<Ids, 'uuid'>
  readonly random: () => number
  readonly randomBytes: RandomBytes
  readonly log: Log
  readonly meter: Meter
  readonly times: SyncTimes
  readonly coalesceMs: number
  /** Told that jobs may have been born. */
  readonly wake: () => void
}

type Result = JobResult<JobEffects>

/** The sync of what is read with an account: what its jobs do, what it does of itself, and what can be asked of it. */
export interface SyncEngine {
  readonly api: SyncApi
  /** Does a job of one of its kinds. */
  run(job: ClaimedJob, signal: AbortSignal): Promise<Result>
  /** What a notification causes; null for a resource that is not synced. */
  announce(record: NotificationRecord): Promise<JobEffects | null>
  /** What is to be done of a job that nobody will try again. */
  bury(job: ClaimedJob): JobEffects
  /** Told after the end of each job is durable. */
  settled(job: ClaimedJob, result: Result): void
  /** From here on it looks after things by itself. */
  start(): Promise<void>
  stop(): Promise<void>
  /** The wall clock moved otherwise than time passed. */
  jumped(byMs: number): Promise<void>
  /** The address has changed under which the outside reaches us. */
  moved(): Promise<void>
  /** Stops what the provider delivers by, before a resource is removed. Never fails: what is left runs out. */
  stopAll(resourceId: string): Promise<void>
  checks(): Promise<readonly CheckResult[]>
  /** Resolves when it does nothing of itself at this moment. */
  idle(): Promise<void>
}

/** For each subscription of a resource that is being removed. */
const STOP_MS = 10_000
const MAX_STOPPED = 20

export function createSyncEngine(all: SyncEngineOptions): SyncEngine {
  const { store, bus, log } = all
  const figures = new SyncFigures(all.meter)
  const watchman = new Watchman({ ...all, onLook: (id, looked) => figures.note(id, looked) })
  const underWay = new Set<Promise<void>>()
  const options = { ...all, awakeSince: () => watchman.awakeSince }

  function run(job: ClaimedJob, signal: AbortSignal): Promise<Result> {
    const resourceId = textOf(job, 'resource')
    if (job.kind === 'subscription.renew') {
      return renewSubscription(options, { resourceId, force: job.payload['force'] === true }, signal)
    }
    if (job.kind === 'subscription.stop') {
      const { remote_id: remoteId } = job.payload
      const one = {
        resourceId,
        id: textOf(job, 'subscription'),
        remoteId: typeof remoteId === 'string' ? remoteId : null,
      }
      return stopSubscription(options, one, signal).then(effects => ({ type: 'done', effects }))
    }
    return runSync(options, job, signal)
  }

  async function tell(job: ClaimedJob, { sync, health }: JobEffects): Promise<void> {
    const resourceId = textOf(job, 'resource')
    if (health !== undefined) bus.publish('changed', { what: 'resource', id: resourceId })
    if (sync === undefined) return
    const resource = await store.getResource(resourceId)
    if (resource === null) return
    const changed = [sync.items, sync.removed, sync.removedSeries].some(list => list !== undefined && list.length > 0)
    bus.publish('synced', { resourceId, userId: resource.userId, changed })
    if (sync.end === undefined) return
    const { run: ended, through } = sync.end
    const first = through === null ? null : await store.getNotification(through)
    figures.count(resource.provider, ended, first === null ? null : ended.endedAt - first.receivedAt)
    log.info('a resource was read', {
      resource: resourceId,
      provider: resource.provider,
      sync_type: ended.type,
      cause: ended.cause,
      pages: ended.pages,
      changed: ended.changed,
      ms: ended.endedAt - ended.startedAt,
      ...(ended.error === null ? {} : { code: ended.error }),
    })
  }

  async function stopAll(resourceId: string): Promise<void> {
    const { rows } = await store.listSubscriptions({ resourceId, limit: MAX_STOPPED })
    const limited = joinSignals([], STOP_MS)
    const living = rows.filter(({ state }) => state !== 'ended')
    await Promise.all(
      living.map(({ id, remoteId }) =>
        stopSubscription(options, { resourceId, id, remoteId }, limited.signal).catch((error: unknown) => {
          log.warn('a subscription could not be stopped', { resource: resourceId, code: toEcError(error).code })
        }),
      ),
    )
    limited.release()
  }

  return {
    api: createSyncApi(options),
    run,
    announce: record => announce(options, record),
    bury(job) {
      if (job.kind !== 'subscription.stop') return {}
      // It runs out by itself; should it be heard of again, that is tried once more.
      return {
        subscriptions: [{ id: textOf(job, 'subscription'), patch: { state: 'ended', endedAt: all.clock.now() } }],
      }
    },
    settled(job, { effects = {} }) {
      watchman.wake()
      const telling = tell(job, effects)
        .catch((error: unknown) => {
          log.error('the end of a read could not be told', { job: job.id, code: toEcError(error).code })
        })
        .finally(() => underWay.delete(telling))
      underWay.add(telling)
    },
    start: () => watchman.start(),
    stop: () => watchman.stop(),
    jumped: byMs => watchman.jumped(byMs),
    moved: () => watchman.lookAtAll(),
    stopAll,
    checks: () => checkSync(all),
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
      await watchman.idle()
    },
  }
}

function textOf(job: ClaimedJob, name: string): string {
  const value = job.payload[name]
  if (typeof value === 'string') return value
  throw new Error(`job ${job.id} has no ${name}`)
}
