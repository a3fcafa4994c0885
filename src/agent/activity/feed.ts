import type { ServerResponse } from 'node:http'
import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Tally } from '../../core/meter.ts'
import type { Activity, ActivityApi } from '../http/api.ts'
import { Changes, UNCHANGED, type Changed } from './changes.ts'
import { fitEvents } from './fit-events.ts'
import { Follower, type Message } from './follower.ts'
import { LIMITS } from './limits.ts'
import { nextLookMs } from './next-look.ts'
import { formatPlace, positionIn } from './place.ts'
import { readTotals } from './totals.ts'

export interface FeedOptions {
  readonly store: Pick<Store, 'identity' | 'readArrivals' | 'readAgain' | 'countJobs'>
  readonly bus: Pick<Bus, 'subscribe'>
  readonly clock: Clock
  readonly log: Log
  readonly tally: Tally
  /** Open WebSocket and SSE connections of users. */
  readonly clients: () => number
  /** A frame as JSON. */
  readonly render: (activity: Activity) => string
}

/**
 * Tells those who follow the whole agent what arrives. While nobody does, it hears nothing and costs a comparison. While
 * somebody does, word of a change makes it look at the store, a few times a second at most, from the place that each
 * follower was told up to; usually that is the same place, so one read and one frame serve all. The word is a hint and
 * may be lost: it looks every few seconds in any case. What was told and has changed since goes along, to all alike.
 */
export class Feed implements ActivityApi {
  readonly #options: FeedOptions
  readonly #startedAt: number
  readonly #followers = new Set<Follower>()
  readonly #changes = new Changes()
  /** Those whose first frame is being read. */
  #joining = 0
  #unsubscribe: readonly (() => void)[] = []
  #timer: Timer | null = null
  #lookedAt = 0
  #noticed = false
  #looking = false
  #failing = false
  #draining = false

  constructor(options: FeedOptions) {
    this.#options = options
    this.#startedAt = options.clock.monotonic()
  }

  get followers(): number {
    return this.#followers.size
  }

  async follow(cursor: string | null, response: ServerResponse): Promise<void> {
    if (this.#draining) throw draining()
    if (this.#followers.size + this.#joining >= LIMITS.followers) throw tooMany()
    this.#joining += 1
    this.#listen()
    try {
      const { store } = this.#options
      const position = positionIn(store.identity().epoch, cursor)
      // What changed while it was away nobody has kept; it gets the newest rows as they are.
      const changed = position === null ? UNCHANGED : await store.readArrivals(null, LIMITS.firstRows)
      this.#changes.told(changed)
      const first = await this.#read(position, changed)
      if (this.#draining) throw draining()
      this.#add(new Follower(response, first))
    } finally {
      this.#joining -= 1
      this.#restIfAlone()
    }
  }

  /** Something has become durable; cheap enough for any path. */
  notice(): void {
    if (this.#noticed || this.#unsubscribe.length === 0) return
    this.#noticed = true
    if (!this.#looking) this.#arm()
  }

  /** Ends every stream in good order; from here on nobody is taken. Idempotent. */
  drain(): void {
    this.#draining = true
    for (const follower of this.#followers) follower.end(draining())
  }

  /** A follower that has gone in the meantime is left out by itself. */
  async #look(): Promise<void> {
    this.#timer = null
    this.#looking = true
    this.#noticed = false
    this.#lookedAt = this.#options.clock.monotonic()
    let changed = UNCHANGED
    try {
      changed = await this.#changes.read(this.#options.store)
      // Whoever joins right now may have read before this.
      if (this.#joining > 0) this.#changes.again(changed)
      for (const [position, followers] of this.#byPosition()) {
        const message = await this.#read(position, changed)
        for (const follower of followers) this.#send(follower, message)
      }
      this.#failing = false
    } catch (error) {
      this.#changes.again(changed)
      if (!this.#failing) this.#options.log.warn('the activity could not be read', { code: toEcError(error).code })
      this.#failing = true
    }
    this.#looking = false
    this.#arm()
  }

  #byPosition(): ReadonlyMap<string | null, readonly Follower[]> {
    const { epoch } = this.#options.store.identity()
    const groups = new Map<string | null, Follower[]>()
    for (const follower of this.#followers) {
      const position = positionIn(epoch, formatPlace(follower.place))
      const group = groups.get(position)
      if (group) group.push(follower)
      else groups.set(position, [follower])
    }
    return groups
  }

  /** What came after a position, or the newest there is, and what has changed of the rest. */
  async #read(position: string | null, changed: Changed): Promise<Message> {
    const { store, clock, tally, clients, render } = this.#options
    const { instance, epoch } = store.identity()
    const limit = position === null ? LIMITS.firstRows : LIMITS.rows
    const [arrivals, jobs] = await Promise.all([store.readArrivals(position, limit), store.countJobs()])
    if (store.identity().epoch !== epoch) throw new EcError('EC_STORAGE_FAILED', 'the store was replaced meanwhile')
    const { notifications, skipped } = arrivals
    const fitting = fitEvents(arrivals.events, LIMITS.frameChars)
    // Nobody waits for what was there before.
    const cut = position === null ? 0 : fitting.skipped
    this.#changes.told({ notifications, events: fitting.events })
    const frame = render({
      at: clock.now(),
      instance,
      uptimeMs: clock.monotonic() - this.#startedAt,
      notifications,
      events: fitting.events,
      skipped: { ...skipped, events: skipped.events + cut },
      changed,
      totals: readTotals(tally),
      jobs,
      clients: clients(),
    })
    return { epoch, position: arrivals.position, frame }
  }

  #send(follower: Follower, message: Message): void {
    if (!follower.send(message)) this.#options.log.info('a follower that reads nothing was cut off')
  }

  #add(follower: Follower): void {
    this.#followers.add(follower)
    follower.whenClosed(() => {
      this.#followers.delete(follower)
      this.#restIfAlone()
    })
    // Something may have come since its first frame was read.
    if (!this.#looking) this.#arm()
  }

  #arm(): void {
    this.#timer?.cancel()
    this.#timer = null
    if (this.#followers.size === 0) return
    const { clock } = this.#options
    const ms = nextLookMs(clock.monotonic() - this.#lookedAt, this.#noticed || this.#changes.pending)
    this.#timer = clock.setTimer(() => void this.#look(), ms)
  }

  #listen(): void {
    if (this.#unsubscribe.length > 0) return
    const { bus, clock } = this.#options
    const notice = (): void => this.notice()
    this.#lookedAt = clock.monotonic()
    this.#unsubscribe = [
      bus.subscribe('stream', message => {
        this.#changes.hear(message)
        notice()
      }),
      bus.subscribe('restored', () => {
        this.#changes.forget()
        notice()
      }),
      bus.subscribe('changed', notice),
    ]
  }

  #restIfAlone(): void {
    if (this.#followers.size + this.#joining > 0) return
    for (const end of this.#unsubscribe) end()
    this.#unsubscribe = []
    this.#changes.forget()
    this.#noticed = false
    this.#timer?.cancel()
    this.#timer = null
  }
}

function draining(): EcError {
  return new EcError('EC_DRAINING', 'the agent is stopping')
}

function tooMany(): EcError {
  return new EcError('EC_RATE_LIMITED', `${LIMITS.followers} follow the activity already`, {
    hint: 'close one of them',
  })
}
