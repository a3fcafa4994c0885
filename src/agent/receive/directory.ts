import { LRUCache } from 'lru-cache'
import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Resource } from '../../core/resource.ts'
import type { Provider, Receiver } from '../../providers/provider.ts'

/** All that is needed to judge a request for one resource. */
export interface Entry {
  readonly resource: Resource
  readonly receiver: Receiver
  /** Newest first; empty when none is set. */
  readonly secrets: readonly string[]
}

export interface DirectoryOptions {
  readonly store: Pick<Store, 'getResource' | 'getSecrets' | 'listResources'>
  /** `EC_PROVIDER_UNKNOWN` for one that does not exist. */
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly bus: Pick<Bus, 'subscribe'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly unknownTtlMs: number
  readonly maxUnknown: number
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The resources as the door needs them, in memory: a request for a known one asks nobody. What changes is forgotten
 * when the bus says so. Ids that name nothing are remembered for a moment, and only so many of them.
 */
export class Directory {
  readonly #options: DirectoryOptions
  readonly #entries = new Map<string, Entry>()
  readonly #unknown: LRUCache<string, true>
  readonly #loading = new Map<string, Promise<Entry | null>>()
  /** By provider. */
  readonly #lists = new Map<string, readonly Entry[]>()
  readonly #unsubscribe: readonly (() => void)[]
  /** Grows with every change: what began to load before it is not kept. */
  #changes = 0

  constructor(options: DirectoryOptions) {
    this.#options = options
    const { clock, maxUnknown: max, unknownTtlMs: ttl } = options
    // The cache takes an entry of the instant 0 for one without a time to live.
    this.#unknown = new LRUCache({ max, ttl, ttlResolution: 0, perf: { now: () => clock.monotonic() + 1 } })
    this.#unsubscribe = [
      options.bus.subscribe('changed', ({ what, id }) => {
        if (what === 'resource') this.#forget(id)
      }),
      options.bus.subscribe('restored', () => this.#forgetAll()),
    ]
  }

  /** A resource that is in memory. */
  peek(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  /** The resource, whatever its provider; null when there is none. Kept in memory until it changes. */
  async resource(id: string): Promise<Resource | null> {
    return (await this.#load(id))?.resource ?? null
  }

  /** `EC_PROVIDER_UNKNOWN`, or `EC_RESOURCE_UNKNOWN` also for a resource of another provider. */
  async find(providerId: string, id: string): Promise<Entry> {
    const { receiver } = await this.#options.loadProvider(providerId)
    if (receiver === undefined) throw new EcError('EC_PROVIDER_UNKNOWN', 'this provider sends no webhooks')
    const entry = UUID.test(id) ? await this.#load(id) : null
    if (entry?.resource.provider === providerId) return entry
    throw new EcError('EC_RESOURCE_UNKNOWN', 'the webhook URL names no resource of this provider')
  }

  /** The newest resources of a provider, at most `limit`. */
  async list(providerId: string, limit: number): Promise<readonly Entry[]> {
    const known = this.#lists.get(providerId)
    if (known !== undefined) return known
    const changes = this.#changes
    const page = await this.#options.store.listResources({ provider: providerId, limit })
    const entries = (await Promise.all(page.rows.map(({ id }) => this.#load(id)))).filter(entry => entry !== null)
    if (changes === this.#changes) this.#lists.set(providerId, entries)
    return entries
  }

  close(): void {
    for (const end of this.#unsubscribe) end()
  }

  #load(id: string): Promise<Entry | null> {
    const known = this.#entries.get(id)
    if (known !== undefined) return Promise.resolve(known)
    if (this.#unknown.has(id)) return Promise.resolve(null)
    // However many ask for it at once, the store is asked once.
    return this.#loading.get(id) ?? this.#beginLoad(id)
  }

  #beginLoad(id: string): Promise<Entry | null> {
    const loading = this.#read(id).finally(() => {
      if (this.#loading.get(id) === loading) this.#loading.delete(id)
    })
    this.#loading.set(id, loading)
    return loading
  }

  async #read(id: string): Promise<Entry | null> {
    const changes = this.#changes
    const { store } = this.#options
    const resource = await store.getResource(id)
    const receiver = resource === null ? undefined : await this.#receiverOf(resource.provider)
    const known = resource !== null && receiver !== undefined
    const entry = known ? { resource, receiver, secrets: await store.getSecrets(id) } : null
    if (changes === this.#changes) this.#keep(id, entry)
    return entry
  }

  /** A resource may outlive its provider, as one that was plugged in. */
  async #receiverOf(providerId: string): Promise<Receiver | undefined> {
    try {
      return (await this.#options.loadProvider(providerId)).receiver
    } catch (thrown) {
      if (toEcError(thrown).code === 'EC_PROVIDER_UNKNOWN') return undefined
      throw thrown
    }
  }

  #keep(id: string, entry: Entry | null): void {
    if (entry === null) this.#unknown.set(id, true)
    else this.#entries.set(id, entry)
  }

  #forget(id: string): void {
    this.#changes += 1
    this.#entries.delete(id)
    this.#unknown.delete(id)
    this.#loading.delete(id)
    this.#lists.clear()
  }

  #forgetAll(): void {
    this.#changes += 1
    this.#entries.clear()
    this.#unknown.clear()
    this.#loading.clear()
    this.#lists.clear()
  }
}
