import { LRUCache } from 'lru-cache'
import type { Bus, BusTopics, Cache } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { isRecord } from '../../core/peek.ts'
import { itemsTag, readTag, resourceTag, ROOT, userTag } from './keys.ts'

export interface AnswersOptions {
  readonly cache: Cache
  readonly bus: Pick<Bus, 'subscribe'>
  readonly store: Pick<Store, 'getResource'>
  readonly log: Log
  /** How long an answer is kept; 0 = none is. */
  readonly ttlMs: number
}

/** What was worked out, and what it hangs on. */
export interface Made<Value> {
  readonly value: Value
  readonly tags: readonly string[]
}

/** A value with the text that stands for it in the cache. */
interface AtHand {
  readonly text: string
  readonly packed: unknown
}

/** An answer that is being worked out. */
interface Flight {
  readonly userId: string
  readonly made: Promise<AtHand>
  /** Under way into the cache. */
  putting: Promise<void> | null
}

/** Of answers as they stand in the cache, so many characters are at hand as values too: reading a long one takes longer than all else. */
const MAX_AT_HAND = 4_000_000

/** A read that was overtaken by a change is made again, so often at most; a calendar that changes all the time is answered all the same. */
const MAX_TRIES = 3

/**
 * Keeps answers until what they hang on changes. What is in the cache is right or gone: a change takes out exactly what
 * carries its tags, and an answer that was being worked out meanwhile is not put in. Who asks the same at the same time
 * waits for the same answer, unless it was begun before a change that the asker may know of.
 */
export class Answers {
  readonly #options: AnswersOptions
  /** Being worked out, by key; those that a change has overtaken are in it no more. */
  readonly #flights = new Map<string, Flight>()
  /** Values by key, each of the text that it was read from. */
  readonly #atHand = new LRUCache<string, AtHand>({ maxSize: MAX_AT_HAND, sizeCalculation: ({ text }) => text.length })
  readonly #unsubscribe: readonly (() => void)[]
  /** Whatever changed is out of the cache once it resolves. */
  #settled: Promise<unknown> = Promise.resolve()

  constructor(options: AnswersOptions) {
    const { bus } = options
    this.#options = options
    this.#unsubscribe = [
      bus.subscribe('synced', message => this.#takeSynced(message)),
      bus.subscribe('changed', message => this.#takeChanged(message)),
      bus.subscribe('restored', () => void this.clear(ROOT).catch(() => {})),
    ]
  }

  /**
   * The kept answer, or the one that `make` works out. `make` may run more than once. As long as an answer is kept it is
   * the same object for all who ask, so that what is made of it can be kept with it.
   */
  async read<Value>(
    key: string,
    userId: string,
    make: () => Promise<Made<Value>>,
  ): Promise<{ value: Value; hit: boolean }> {
    await this.#settled
    const kept = await this.#kept<Value>(key)
    if (kept !== null) return { value: kept.value, hit: true }
    return { value: await this.#work(key, userId, make), hit: false }
  }

  /** Takes out what begins with `prefix`; how many. */
  clear(prefix: string): Promise<number> {
    return this.#after(this.#overtake(null), () => this.#options.cache.clear(prefix))
  }

  close(): void {
    for (const end of this.#unsubscribe) end()
    this.#flights.clear()
  }

  async #kept<Value>(key: string): Promise<{ readonly value: Value } | null> {
    const text = await this.#options.cache.get(key)
    if (text === null) return null
    const known = this.#atHand.get(key)
    if (known?.text === text) return unpack<Value>(known.packed)
    const packed: unknown = JSON.parse(text)
    this.#atHand.set(key, { text, packed })
    return unpack<Value>(packed)
  }

  async #work<Value>(key: string, userId: string, make: () => Promise<Made<Value>>): Promise<Value> {
    for (let attempt = 1; ; attempt++) {
      const joined = await this.#join<Value>(key)
      if (joined !== null) return joined.value
      const made = make()
      const flight: Flight = { userId, made: made.then(({ value }) => pack(value)), putting: null }
      flight.made.catch(() => {})
      this.#flights.set(key, flight)
      try {
        const { value, tags } = await made
        if ((await this.#keep(key, flight, tags)) || attempt >= MAX_TRIES) return value
      } finally {
        if (this.#flights.get(key) === flight) this.#flights.delete(key)
      }
    }
  }

  async #join<Value>(key: string): Promise<{ readonly value: Value } | null> {
    const flight = this.#flights.get(key)
    return flight === undefined ? null : unpack<Value>((await flight.made).packed)
  }

  /** False when a change came before the answer was there: it may be from before it in part. */
  async #keep(key: string, flight: Flight, tags: readonly string[]): Promise<boolean> {
    const { cache, ttlMs } = this.#options
    if (this.#flights.get(key) !== flight) return false
    if (ttlMs === 0) return true
    flight.putting = flight.made.then(made => {
      // At hand is what has this text: whatever else comes into the cache meanwhile is read from its own.
      this.#atHand.set(key, made)
      return cache.set(key, made.text, { ttlMs, tags })
    })
    await flight.putting
    return true
  }

  #takeSynced({ resourceId, userId, changed }: BusTopics['synced']): void {
    const tags = [readTag(resourceId), ...(changed ? [itemsTag(resourceId)] : [])]
    this.#after(this.#overtake(userId), () => this.#options.cache.invalidate(tags))
  }

  #takeChanged({ what, id }: BusTopics['changed']): void {
    if (what === 'user') this.#after(this.#overtake(id), () => this.#options.cache.invalidate([userTag(id)]))
    // Whose it is has to be asked for.
    if (what === 'resource') this.#after(this.#overtake(null), () => this.#forgetResource(id))
  }

  async #forgetResource(id: string): Promise<void> {
    const { cache, store } = this.#options
    const resource = await store.getResource(id)
    // One that is gone is known by the answers that it stands in.
    await cache.invalidate([resourceTag(id), ...(resource === null ? [] : [userTag(resource.userId)])])
  }

  /** Of a user or, null, of all: what is not in the cache yet does not get there any more, but for what is given back. */
  #overtake(userId: string | null): readonly Promise<void>[] {
    const puts: Promise<void>[] = []
    for (const [key, flight] of this.#flights) {
      if (userId !== null && flight.userId !== userId) continue
      this.#flights.delete(key)
      if (flight.putting !== null) puts.push(flight.putting)
    }
    return puts
  }

  /** Does `work` on the cache once what is on its way there has arrived, and lets nobody read before. */
  #after<Result>(puts: readonly Promise<void>[], work: () => Promise<Result>): Promise<Result> {
    const done = Promise.all([this.#settled, Promise.allSettled(puts)]).then(work)
    // It goes by its age then.
    this.#settled = done.catch((error: unknown) => {
      this.#options.log.warn('the cache of calendars could not be told of a change', { code: toEcError(error).code })
    })
    return done
  }
}

/** Of what is kept; an answer of another version is none. */
const VERSION = 2

interface Packed<Value> {
  readonly v: typeof VERSION
  readonly value: Value
}

function pack<Value>(value: Value): AtHand {
  const packed: Packed<Value> = { v: VERSION, value }
  return { text: JSON.stringify(packed), packed }
}

function unpack<Value>(packed: unknown): Packed<Value> | null {
  return isPacked<Value>(packed) ? packed : null
}

/** Under one key there is one kind of answer, and nobody else writes it. */
function isPacked<Value>(packed: unknown): packed is Packed<Value> {
  return isRecord(packed) && packed['v'] === VERSION && 'value' in packed
}
