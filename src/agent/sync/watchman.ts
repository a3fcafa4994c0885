import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { HealthState } from '../../core/resource.ts'
import type { SyncMode } from '../../core/sync.ts'
import { modeOf } from './mode.ts'
import { lookAhead, type Duty, type SyncTimes } from './next-look.ts'
import { readSituation, type SituationOptions } from './read-situation.ts'
import type { Situation } from './situation.ts'
import { renewJob, syncJob } from './sync-job.ts'
import { leads, STAND_BY_MS } from './twins.ts'

export interface WatchmanOptions extends SituationOptions {
  readonly store: SituationOptions['store'] &
    Pick<Store, 'listDueSyncs' | 'nextSyncAt' | 'listSyncs' | 'patchSync' | 'requestSync' | 'addJob' | 'getJob'>
  readonly bus: Pick<Bus, 'subscribe'>
  readonly clock: Clock
  readonly log: Log
  readonly times: SyncTimes
  /** Told that jobs may have been born. */
  readonly wake: () => void
  /** Told what was seen; null = the resource has gone. */
  readonly onLook: (resourceId: string, seen: { readonly mode: SyncMode; readonly health: HealthState } | null) => void
}

/** Resources that are looked at between two questions to the store. */
const AT_ONCE = 50
/** A look that came to nothing is made again so much later. */
const STAMP_MS = 10 * 60_000
/** The timer is set anew at the latest after so long: what it counts is the machine's own time. */
const LONGEST_MS = 60 * 60_000
/** After the store failed to say what is due. */
const PAUSE_MS = 10_000
const PAGE = 500

/**
 * Looks after what nothing tells us of: at each synced resource when its time has come, and does what is due. It does the
 * work of nobody: it asks for reads and makes jobs. The attempt is stamped before anything is done, and each resource is
 * looked at by itself, so that one that breaks starves no other.
 */
export class Watchman {
  readonly #options: WatchmanOptions
  readonly #unsubscribe: readonly (() => void)[]
  /** Of which something was heard that a look under way may not have seen. */
  readonly #heardOf = new Set<string>()
  #awakeSince: number
  #timer: Timer | null = null
  #round: Promise<void> | null = null
  #again = false
  #stopped = false
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: WatchmanOptions) {
    this.#options = options
    this.#awakeSince = options.clock.now()
    this.#unsubscribe = [
      options.bus.subscribe('changed', change => this.#notice(change)),
      options.bus.subscribe('restored', () => this.#track(this.lookAtAll())),
    ]
  }

  /** Since when this machine has been there to listen. */
  get awakeSince(): number {
    return this.#awakeSince
  }

  /** Looks at everything once: what was sent while nobody listened has to be read, what ran out to be had anew. */
  start(): Promise<void> {
    return this.lookAtAll()
  }

  /** The machine slept, or its clock was set: instants that were planned mean something else now. */
  async jumped(byMs: number): Promise<void> {
    if (byMs > 0) this.#awakeSince = this.#options.clock.now()
    await this.lookAtAll()
  }

  /** As after the address has changed under which we are reached. */
  async lookAtAll(accountId?: string): Promise<void> {
    const { store, clock, log } = this.#options
    try {
      for (let after: string | null = '0'; after !== null && !this.#stopped;) {
        const filter = accountId === undefined ? {} : { accountId }
        const { rows, next }: Awaited<ReturnType<Store['listSyncs']>> = await store.listSyncs({
          limit: PAGE,
          after,
          ...filter,
        })
        for (const { resourceId } of rows) await store.patchSync(resourceId, { nextAt: clock.now() })
        after = next
      }
    } catch (error) {
      log.error('the synced resources could not be listed', { code: toEcError(error).code })
    }
    this.wake()
  }

  /** Something may be due earlier than was planned. */
  wake(): void {
    if (this.#stopped) return
    if (this.#round !== null) this.#again = true
    else this.#round = this.#goRound()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    for (const end of this.#unsubscribe) end()
    await this.idle()
  }

  /** Resolves when there is nothing to do at this moment. */
  async idle(): Promise<void> {
    while (this.#round !== null || this.#underWay.size > 0) await Promise.all([this.#round, ...this.#underWay])
  }

  #notice({ what, id }: { readonly what: string; readonly id: string }): void {
    if (what === 'account') this.#track(this.lookAtAll(id))
    else if (what === 'feature' && id === 'webhooks') this.#track(this.lookAtAll())
    else if (what === 'feature' && id.startsWith('webhooks:')) this.#track(this.#lookSoon(id.slice('webhooks:'.length)))
    else if (what === 'resource') this.#track(this.#lookSoon(id))
  }

  /** None of these rejects. */
  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#underWay.delete(tracked))
    this.#underWay.add(tracked)
  }

  async #lookSoon(resourceId: string): Promise<void> {
    const { store, clock, log } = this.#options
    this.#heardOf.add(resourceId)
    try {
      if (await store.patchSync(resourceId, { nextAt: clock.now() })) this.wake()
      else this.#forget(resourceId)
    } catch (error) {
      log.error('a resource could not be looked at', { resource: resourceId, code: toEcError(error).code })
    }
  }

  #forget(resourceId: string): void {
    this.#heardOf.delete(resourceId)
    this.#options.onLook(resourceId, null)
  }

  async #goRound(): Promise<void> {
    const { clock, log } = this.#options
    this.#timer?.cancel()
    let waitMs = 0
    try {
      while (!this.#stopped && (this.#again || waitMs <= 0)) waitMs = await this.#lookAtDue()
    } catch (error) {
      waitMs = PAUSE_MS
      log.error('what is due to be synced could not be looked at', { code: toEcError(error).code })
    }
    this.#round = null
    if (!this.#stopped) this.#timer = clock.setTimer(() => this.wake(), Math.min(LONGEST_MS, Math.max(1, waitMs)))
  }

  /** How long there is nothing to do, ms; 0 = there is more. */
  async #lookAtDue(): Promise<number> {
    const { store, clock, log } = this.#options
    this.#again = false
    for (const id of await store.listDueSyncs(clock.now(), AT_ONCE)) {
      if (this.#stopped) break
      // Before anything else, so that one that breaks does not come first for ever.
      this.#heardOf.delete(id)
      await store.patchSync(id, { nextAt: clock.now() + STAMP_MS })
      await this.#look(id).catch((error: unknown) => {
        log.error('a resource could not be looked at', { resource: id, code: toEcError(error).code })
      })
    }
    const at = await store.nextSyncAt()
    return at === null ? LONGEST_MS : Math.max(0, at - clock.now())
  }

  async #look(resourceId: string): Promise<void> {
    const { store, clock, times, onLook, wake } = this.#options
    const now = clock.now()
    const found = await readSituation(this.#options, resourceId)
    if (found === null) return onLook(resourceId, null)
    const situation = { ...found, state: { ...found.state, job: await this.#living(found.state.job) } }
    const verdict = modeOf(situation, now)
    onLook(resourceId, { mode: verdict.mode, health: situation.resource.state })
    await this.#wakeTwins(situation)
    const { due, at } = lookAhead(situation, verdict, times, { now, awakeSince: this.#awakeSince })
    for (const duty of due) await this.#do(situation, duty)
    // What is due is under way now, and its end says when to look again.
    if (due.length > 0) return wake()
    await store.patchSync(resourceId, { nextAt: this.#heardOf.has(resourceId) ? now : at })
  }

  /** What stands by from now on has a subscription to be rid of, and is to be looked at more often. */
  async #wakeTwins(situation: Situation): Promise<void> {
    if (!leads(situation, situation.twins)) return
    const { store, clock } = this.#options
    const now = clock.now()
    for (const { resource, state } of situation.twins) {
      if ((state.nextAt ?? Infinity) > now + STAND_BY_MS) await store.patchSync(resource.id, { nextAt: now })
    }
  }

  async #do({ resource, state }: Situation, duty: Duty): Promise<void> {
    const { store, clock } = this.#options
    const at = clock.now()
    if (duty.type !== 'read') return void (await store.addJob(renewJob(resource.id, at), at))
    // Asked for once more, it would be read once more.
    if (state.job !== null && duty.after !== 'pass') return
    const { cause, full } = duty
    const job = syncJob(resource.id, at)
    await store.requestSync({ resourceId: resource.id, cause, full, announced: false, at, job, hurry: false })
  }

  /** The job that sees to a resource; one that died with its process, or hung, sees to nothing. */
  async #living(id: string | null): Promise<string | null> {
    const job = id === null ? null : await this.#options.store.getJob(id)
    return job === null || job.state === 'dead' || job.state === 'done' ? null : job.id
  }
}
