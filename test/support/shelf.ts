import { randomUUID } from 'node:crypto'
import { EcError } from '#ec/core/errors.js'
import type { ErrorCode } from '#ec/core/error-codes.js'
import type { Change, Item } from '#ec/core/item.js'
import type {
  AccountContext,
  Provider,
  Reader,
  ReadFrom,
  ReadPage,
  WantedSubscription,
} from '#ec/providers/provider.js'
import type { FakeClock } from './fake-clock.ts'

export interface ShelfItem {
  readonly id: string
  readonly version: number
  readonly updatedAt: number
  readonly series: string | null
  readonly text: string
}

/** A push of the shelf's, on its way. */
export interface ShelfPush {
  readonly resourceId: string
  readonly channel: string
  readonly remoteId: string
  readonly kind: 'proof' | 'change'
  readonly number: number
  readonly address: string
}

interface Channel extends WantedSubscription {
  readonly remoteId: string
  readonly resourceId: string
  number: number
}

interface Fault {
  readonly at: 'read' | 'create' | 'stop'
  readonly error: EcError
  left: number
}

/**
 * A service in memory that obeys the provider port and can misbehave: it holds one list of items for each target, tells of
 * changes by channels, and does to reads what real services do: pages, empty pages with a next one, items named twice,
 * cursors that expire, errors. Nothing of it knows the engine.
 */
export class Shelf {
  readonly clock: FakeClock
  /** Every call, in order, with its cause. */
  readonly calls: { readonly operation: 'read' | 'create' | 'stop'; readonly cause: string; readonly at: number }[] = []
  pageSize = 100
  whole = true
  /** Whether other accounts see the same things here. */
  sharedTargets = false
  version = 'v1'
  /** Whether a notification tells of nothing that a cursor has not seen; null = the service does not say. */
  covers: NonNullable<Reader['covers']> | null = null
  /** Channels deliver nothing at all, as behind a lost tunnel. */
  deaf = false
  maxLifetimeMs = 7 * 86_400_000
  renewal: 'recreate' | 'extend' = 'recreate'
  /** What is to be delivered. */
  readonly pushes: ShelfPush[] = []
  readonly channels = new Map<string, Channel>()
  /** Told each time a call is on the wire; may throw, or wait. */
  onCall: (operation: 'read' | 'create' | 'stop') => void | Promise<void> = () => {}
  /** Told when a channel is there and the answer is still on its way. */
  onCreated: () => void | Promise<void> = () => {}
  readonly #items = new Map<string, ShelfItem>()
  /** Ids in the order of their changes. */
  #log: string[] = []
  #epoch = 1
  readonly #faults: Fault[] = []

  constructor(clock: FakeClock) {
    this.clock = clock
  }

  /** What stands on it, by id. */
  items(): ReadonlyMap<string, ShelfItem> {
    return this.#items
  }

  /** Channels that still deliver; those that have run out are of no interest. */
  living(): readonly WantedSubscription[] {
    return [...this.channels.values()].filter(({ expiresAt }) => expiresAt > this.clock.now())
  }

  put(id: string, text: string, series: string | null = null): void {
    const version = this.#log.length + 1
    this.#items.set(id, { id, version, updatedAt: this.clock.now(), series, text })
    this.#changed([id])
  }

  /** A series takes its exceptions along, and only the series is told of. */
  remove(id: string): void {
    if (!this.#items.delete(id)) return
    for (const item of this.#items.values()) if (item.series === id) this.#items.delete(item.id)
    this.#changed([id])
  }

  /** No cursor and no page that it gave so far is good any more. */
  expireCursors(): void {
    this.#epoch += 1
  }

  fail(at: Fault['at'], code: ErrorCode, times = 1, retryAfterMs?: number): void {
    const error = new EcError(code, 'the shelf says no', retryAfterMs === undefined ? {} : { retryAfterMs })
    this.#faults.push({ at, error, left: times })
  }

  /** Faults that were ordered and have not come are taken back. */
  heal(): void {
    this.#faults.length = 0
    this.deaf = false
  }

  counts(cause?: string): number {
    return this.calls.filter(call => cause === undefined || call.cause === cause).length
  }

  readonly provider: Provider = {
    id: 'shelf',
    title: 'Shelf',
    family: 'google',
    reader: {
      version: 'v1',
      whole: true,
      readPage: (ctx, _resource, from) => this.#read(ctx, from),
      describe: ({ before, after }, resource) => {
        const item = after ?? before
        if (item === null) return []
        const what = after === null ? 'deleted' : before === null ? 'created' : 'updated'
        return [
          {
            user_id: resource.userId,
            type: `shelf.${what}`,
            level: 'info',
            title: item.id,
            body: '',
            data: { item: item.id, version: item.version ?? '', what, resource: resource.id },
          },
        ]
      },
    },
    subscriptions: {
      maxLifetimeMs: 0,
      renewal: 'recreate',
      addressFor: (_resource, _account, webhookUrl) => webhookUrl,
      create: async (ctx, resource, wanted) => {
        await this.#call('create', ctx)
        const remoteId = `remote-${randomUUID()}`
        const expiresAt = Math.min(wanted.expiresAt, this.clock.now() + this.maxLifetimeMs)
        const channel = { ...wanted, expiresAt, remoteId, resourceId: resource.id, number: 0 }
        this.channels.set(wanted.id, channel)
        this.#push(channel, 'proof')
        await this.onCreated()
        return { remoteId, expiresAt }
      },
      stop: async (ctx, _resource, { id, remoteId }) => {
        await this.#call('stop', ctx)
        if (remoteId === null) throw new EcError('EC_PROVIDER', 'stop what?')
        if (this.channels.get(id)?.remoteId === remoteId) this.channels.delete(id)
      },
      origin: ({ headers }) => {
        const id = headers?.['x-channel']
        return id === undefined ? null : { id, remoteId: headers?.['x-remote'] ?? null }
      },
      isProof: ({ kind }) => kind === 'proof',
    },
  }

  loaded(): Provider {
    const { reader, subscriptions } = this.provider
    if (reader === undefined || subscriptions === undefined) throw new Error('the shelf has both')
    return {
      ...this.provider,
      reader: {
        ...reader,
        version: this.version,
        whole: this.whole,
        sharedTargets: this.sharedTargets,
        ...(this.covers === null ? {} : { covers: this.covers }),
      },
      subscriptions: { ...subscriptions, maxLifetimeMs: this.maxLifetimeMs, renewal: this.renewal },
    }
  }

  async #call(operation: 'read' | 'create' | 'stop', ctx: AccountContext): Promise<void> {
    this.calls.push({ operation, cause: causeOf(ctx), at: this.clock.now() })
    await this.onCall(operation)
    const fault = this.#faults.find(({ at, left }) => at === operation && left > 0)
    if (fault === undefined) return
    fault.left -= 1
    throw fault.error
  }

  async #read(ctx: AccountContext, { cursor, page }: ReadFrom): Promise<ReadPage> {
    await this.#call('read', ctx)
    const place = parsePlace(page ?? cursor)
    if (place !== null && place.epoch !== this.#epoch) throw new EcError('EC_CURSOR_EXPIRED', 'too old')
    const since = cursor === null ? null : parsePlace(cursor)?.head
    // A page says at which head its pass began, so that the cursor at its end misses nothing.
    const head = page === null ? this.#log.length : (place?.head ?? 0)
    const from = page === null ? 0 : (place?.offset ?? 0)
    const ids = since === undefined || since === null ? this.#all(head) : this.#since(since, head)
    const slice = ids.slice(from, from + this.pageSize)
    const end = from + this.pageSize
    const next =
      end < ids.length
        ? { page: placeText({ epoch: this.#epoch, head, offset: end }) }
        : { cursor: placeText({ epoch: this.#epoch, head, offset: 0 }) }
    const changes = slice.flatMap(id => this.#changesOf(id, since !== null && since !== undefined))
    // The last word of a page stands, whatever it said before.
    return { changes: [...changes.slice(-1), ...changes], next, expected: ids.length }
  }

  /** Everything that was ever here, so that an offset means the same on each page. */
  #all(head: number): readonly string[] {
    return [...new Set(this.#log.slice(0, head))]
  }

  #since(since: number, head: number): readonly string[] {
    return [...new Set(this.#log.slice(since, head))]
  }

  #changesOf(id: string, tombstones: boolean): readonly Change[] {
    const item = this.#items.get(id)
    if (item !== undefined) return [{ type: 'upsert', item: toItem(item) }]
    return tombstones ? [{ type: 'delete', id, updatedAt: null }] : []
  }

  #changed(ids: readonly string[]): void {
    this.#log.push(...ids)
    for (const channel of this.channels.values()) this.#push(channel, 'change')
  }

  #push(channel: Channel, kind: ShelfPush['kind']): void {
    if (this.deaf || channel.expiresAt <= this.clock.now()) return
    channel.number += 1
    const { id, remoteId, resourceId, number, address } = channel
    this.pushes.push({ resourceId, channel: id, remoteId, kind, number, address })
  }
}

function toItem({ id, version, updatedAt, series, text }: ShelfItem): Item {
  return {
    id,
    version: `v${version}`,
    updatedAt,
    startsAt: updatedAt,
    endsAt: updatedAt,
    series,
    json: { id, text },
  }
}

const causes = new WeakMap<object, string>()

/** A context that says what it is for. */
export function shelfContext(ctx: AccountContext, cause: string): AccountContext {
  causes.set(ctx, cause)
  return ctx
}

function causeOf(ctx: AccountContext): string {
  return causes.get(ctx) ?? 'unknown'
}

interface Place {
  readonly epoch: number
  readonly head: number
  readonly offset: number
}

function placeText({ epoch, head, offset }: Place): string {
  return `${epoch}:${head}:${offset}`
}

function parsePlace(text: string | null): Place | null {
  if (text === null) return null
  const [epoch = 0, head = 0, offset = 0] = text.split(':').map(Number)
  return { epoch, head, offset }
}
