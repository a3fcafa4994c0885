import { randomBytes } from 'node:crypto'
import { createEmitter } from '#ec/agent/events/emitter.js'
import { createPipeline } from '#ec/agent/pipeline.js'
import { processingJob } from '#ec/agent/receive/processing-job.js'
import { createSyncEngine, type SyncEngine } from '#ec/agent/sync/engine.js'
import { toJobEnd } from '#ec/backends/memory/job-end.js'
import type { JobWorker } from '#ec/backends/backend.js'
import type { Store } from '#ec/backends/store.js'
import { EcError } from '#ec/core/errors.js'
import type { EcEvent } from '#ec/core/event.js'
import { createIds } from '#ec/core/ids.js'
import { LANES, type ClaimedJob } from '#ec/core/job.js'
import { silentLog, type Log } from '#ec/core/log.js'
import { silentMeter } from '#ec/core/meter.js'
import type { Resource } from '#ec/core/resource.js'
import type { SyncState } from '#ec/core/sync.js'
import { EmbeddedBackend } from './embedded-backend.ts'
import { FakeClock } from './fake-clock.ts'
import { Shelf, shelfContext, type ShelfPush } from './shelf.ts'
import { aResource, anAccount, PLAN } from './store-samples.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const TIMES = { pollMs: 15 * MINUTE, fallbackMs: HOUR, fallbackMaxMs: 2 * HOUR, silenceMs: 6 * HOUR }
export const COALESCE_MS = 3_000

export interface SyncWorldOptions {
  readonly log?: Log
  readonly publicUrl?: string | null
}

/**
 * The engine and the pipeline on the real store, with a shelf in the place of a service. Jobs are handed out here and not by
 * the queue, so that each step happens when it is told to: at any of them everything may be killed.
 */
export class SyncWorld {
  readonly clock: FakeClock
  readonly shelf: Shelf
  readonly log: Log
  publicUrl: string | null
  /** What happens to a push on its way; it is delivered as it comes unless said otherwise. */
  carry: (pushes: readonly ShelfPush[]) => readonly ShelfPush[] = pushes => pushes
  /** Told before a job's end is written; true = the process dies right there. */
  kills: (job: ClaimedJob) => boolean = () => false
  /** Someone has to sign in again. */
  signedOut = false
  /** Providers that cannot be loaded. */
  readonly broken = new Set<string>()
  readonly #embedded: EmbeddedBackend
  #engine: SyncEngine
  #worker: JobWorker

  private constructor(embedded: EmbeddedBackend, options: SyncWorldOptions) {
    this.#embedded = embedded
    this.clock = embedded.clock
    this.shelf = new Shelf(this.clock)
    this.log = options.log ?? silentLog
    this.publicUrl = options.publicUrl === undefined ? 'https://ec.example.org' : options.publicUrl
    ;[this.#engine, this.#worker] = this.#build()
  }

  static async open(options: SyncWorldOptions = {}): Promise<SyncWorld> {
    const embedded = await EmbeddedBackend.open({ clock: new FakeClock() })
    await embedded.store.putAccount(anAccount())
    const world = new SyncWorld(embedded, options)
    await world.engine.start()
    return world
  }

  get store(): Store {
    return this.#embedded.store
  }

  get engine(): SyncEngine {
    return this.#engine
  }

  /** A resource of its own, which is read and watched from here on. */
  async add(id = 'r1'): Promise<Resource> {
    const source = { accountId: 'a1', target: id }
    const resource = await this.store.addResource(
      aResource({ id, provider: 'shelf', name: id, createdAt: this.clock.now(), secrets: [], settings: {}, source }),
    )
    this.#embedded.backend.bus.publish('changed', { what: 'resource', id })
    await this.settle()
    return resource
  }

  /** The same thing, seen through another account of the same user. */
  async addTwin(id: string, target = 'r1'): Promise<void> {
    this.shelf.sharedTargets = true
    await this.store.putAccount(anAccount({ id: 'a2', address: 'ben@example.org' }))
    const source = { accountId: 'a2', target }
    await this.store.addResource(
      aResource({ id, provider: 'shelf', name: id, createdAt: this.clock.now(), secrets: [], settings: {}, source }),
    )
    await this.tell('resource', id)
  }

  async state(id = 'r1'): Promise<SyncState> {
    const state = await this.store.getSync(id)
    if (state === null) throw new Error(`${id} is not synced`)
    return state
  }

  async resource(id = 'r1'): Promise<Resource> {
    const resource = await this.store.getResource(id)
    if (resource === null) throw new Error(`there is no ${id}`)
    return resource
  }

  /** Switches, pauses, signs in: what other parts do, and tell on the bus. */
  async tell(what: 'resource' | 'feature' | 'account', id: string): Promise<void> {
    this.#embedded.backend.bus.publish('changed', { what, id })
    await this.settle()
  }

  /** The copy: ids with their texts. */
  async copy(id = 'r1'): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.store.listItems(id, { limit: 10_000, after: '0' })
    return new Map(rows.map(item => [item.id, String(item.json['text'])]))
  }

  /** What stands on the shelf, in the same form. */
  truth(): ReadonlyMap<string, string> {
    return new Map([...this.shelf.items().values()].map(({ id, text }) => [id, text]))
  }

  /** Everything that the owner was told, oldest first. */
  async told(type?: string): Promise<readonly EcEvent[]> {
    const { rows } = await this.store.listEvents({
      userId: 'anna',
      limit: 5_000,
      after: '0',
      ...(type === undefined ? {} : { type }),
    })
    return rows.map((row): EcEvent => JSON.parse(row.json))
  }

  /** Does all that can be done at this instant. */
  async settle(): Promise<void> {
    for (;;) {
      await this.#engine.idle()
      const delivered = await this.#deliver()
      const worked = await this.#work()
      if (!delivered && !worked) return
    }
  }

  /** Time passes, and everything that falls due on the way is done at its instant. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms
    for (;;) {
      await this.settle()
      const now = this.clock.now()
      if (now >= end) return
      const next = Math.min(end, ...(await this.#nextInstants()).filter(at => at > now))
      this.clock.advance(next - now)
    }
  }

  /** The machine sleeps: time passes, nothing is done, and it notices when it wakes. */
  async sleep(ms: number): Promise<void> {
    await this.settle()
    this.clock.sleep(ms)
    this.shelf.pushes.length = 0
    await this.#engine.jumped(ms)
    await this.settle()
  }

  /** `kill -9`, and a new start from what the disk holds. */
  async crash(): Promise<void> {
    await this.#engine.stop()
    await this.#embedded.crash()
    await this.#restart()
  }

  /** A stop and a start. */
  async restart(): Promise<void> {
    await this.#engine.stop()
    await this.#embedded.reopen()
    await this.#restart()
  }

  /** Lets go of everything, where a test opens many. */
  async close(): Promise<void> {
    await this.#engine.stop()
    await this.#embedded.backend.close()
  }

  async #restart(): Promise<void> {
    ;[this.#engine, this.#worker] = this.#build()
    await this.#engine.start()
  }

  #build(): [SyncEngine, JobWorker] {
    const { store, bus } = this.#embedded.backend
    const { clock, log } = this
    const ids = createIds(clock, randomBytes)
    const events = createEmitter({ store, bus, clock, ids, meter: silentMeter, wake: () => {}, plan: () => PLAN })
    const loadProvider = async (id: string) => {
      if (this.broken.has(id)) throw new EcError('EC_PROVIDER_UNKNOWN', `there is no ${id}`)
      return this.shelf.loaded()
    }
    const engine = createSyncEngine({
      store,
      bus,
      loadProvider,
      contextFor: async (accountId, { cause, signal }) => {
        const account = await store.getAccount(accountId)
        if (account === null || this.signedOut) throw signedOut()
        return shelfContext({ account, clock, log, signal, endpoints: NOWHERE, fetchFor: () => fetch }, cause)
      },
      events,
      publicUrl: () => this.publicUrl,
      clock,
      ids,
      random: () => 0.5,
      randomBytes,
      log,
      meter: silentMeter,
      times: TIMES,
      coalesceMs: COALESCE_MS,
      wake: () => {},
    })
    const worker = createPipeline({
      store,
      loadProvider,
      findResource: id => store.getResource(id),
      events,
      sync: engine,
      questions: { expire: absent },
      callBack: absent,
      dispatchers: new Map(),
      planAgain: absent,
      digests: { digestOf: absent, admitDigest: absent },
      digestMailer: null,
      governor: null,
      refresh: absent,
      clock,
      random: () => 0.5,
      log,
      meter: silentMeter,
      onSettled: () => {},
    })
    return [engine, worker]
  }

  async #deliver(): Promise<boolean> {
    const pushes = this.carry(this.shelf.pushes.splice(0))
    for (const push of pushes) await this.deliver(push)
    return pushes.length > 0
  }

  /** Hands one push to the store, as the door does with one that has proved itself. */
  async deliver(push: ShelfPush): Promise<void> {
    const { resourceId, channel, remoteId, kind, number } = push
    // Behind another address nobody listens.
    if (!push.address.startsWith(this.publicUrl ?? ' ')) return
    const receivedAt = this.clock.now()
    const headers = { 'x-channel': channel, 'x-remote': remoteId }
    const job = processingJob(resourceId, receivedAt)
    const key = `${channel}:${number}`
    await this.store.acceptNotifications([
      { provider: 'shelf', resourceId, key, kind, receivedAt, headers, body: Buffer.from('-'), job },
    ])
  }

  /** Takes what is due and does it; false when nothing was. */
  async #work(): Promise<boolean> {
    const now = this.clock.now()
    const lanes = LANES.map(lane => ({ lane, limit: 50, perGroup: 1 }))
    const { jobs } = await this.store.claimJobs({ now, leaseUntil: this.#steadyNow() + MINUTE, lanes })
    for (const job of jobs) {
      const result = await this.#worker.handle(job, new AbortController().signal)
      if (this.kills(job)) {
        await this.crash()
        return true
      }
      const lease = { job: job.id, attempt: job.attempt }
      const appended = await this.store.finishJob(lease, toJobEnd(result, this.clock.now()))
      this.#worker.settled(job, result, appended)
    }
    return jobs.length > 0
  }

  async #nextInstants(): Promise<readonly number[]> {
    const lanes = LANES.map(lane => ({ lane, limit: 0, perGroup: 1 }))
    const { nextRunAt } = await this.store.claimJobs({ now: this.clock.now(), leaseUntil: 0, lanes })
    return [nextRunAt, await this.store.nextSyncAt()].filter(at => at !== null)
  }

  #steadyNow(): number {
    return this.clock.monotonic()
  }
}

const NOWHERE = {
  googleBaseUrl: null,
  googleTokenUrl: null,
  googleAuthUrl: null,
  googleCertsUrl: null,
  pubsubBaseUrl: null,
}

function absent(): never {
  throw new Error('nothing of this happens here')
}

function signedOut(): Error {
  return new EcError('EC_ACCOUNT_SIGNED_OUT', 'nobody is signed in')
}
