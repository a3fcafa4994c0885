import type { Bus } from '#ec/backends/backend.js'
import type { CalendarsOptions } from '#ec/agent/calendars/calendars.js'
import type { Store } from '#ec/backends/store.js'
import type { Clock } from '#ec/core/clock.js'
import type { Item, Occurrence, TimeWindow } from '#ec/core/item.js'
import type { Resource } from '#ec/core/resource.js'
import type { SyncState } from '#ec/core/sync.js'
import type { Provider } from '#ec/providers/provider.js'
import { anAccount } from '../../../support/store-samples.ts'

interface Kept {
  readonly resource: Resource
  readonly items: ReadonlyMap<string, Item>
  readonly state: Pick<SyncState, 'generation' | 'items' | 'lastSyncAt'>
}

type Asked = CalendarsOptions['store'] & Pick<Store, 'getResource'>

/** Copies of calendars in memory, whose answers take their turns: what is written meanwhile is seen in part. */
export class CalendarStore implements Asked {
  readonly #kept = new Map<string, Kept>()
  readonly #given = new Set<string>()

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly turn: () => Promise<void>,
  ) {}

  copy(from: CalendarStore): void {
    for (const [id, kept] of from.#kept) this.#kept.set(id, kept)
  }

  /** One that was never read; an id is given once. */
  add(id: string, userId: string): void {
    if (this.#given.has(id)) return
    this.#given.add(id)
    const resource: Resource = {
      id,
      provider: 'scripted',
      userId,
      name: id,
      settings: {},
      state: 'healthy',
      paused: false,
      hasSecret: true,
      accountId: 'a1',
      target: id,
      createdAt: 0,
      lastNotificationAt: null,
    }
    this.#kept.set(id, { resource, items: new Map(), state: { generation: 0, items: 0, lastSyncAt: null } })
    this.bus.publish('changed', { what: 'resource', id })
  }

  remove(id: string): void {
    if (this.#kept.delete(id)) this.bus.publish('changed', { what: 'resource', id })
  }

  rename(id: string, name: string): void {
    const kept = this.#kept.get(id)
    if (kept === undefined) return
    this.#kept.set(id, { ...kept, resource: { ...kept.resource, name } })
    this.bus.publish('changed', { what: 'resource', id })
  }

  /** A read that found an event, or found it moved; at the hour at which it is already it goes. */
  write(id: string, item: string, startsAt: number): void {
    const kept = this.#kept.get(id)
    if (kept === undefined) return
    const items = new Map(kept.items)
    if (items.get(item)?.startsAt === startsAt) items.delete(item)
    else items.set(item, anItem(item, startsAt))
    this.#read(kept, items, true)
  }

  /** A read that found nothing new. */
  still(id: string): void {
    const kept = this.#kept.get(id)
    if (kept !== undefined) this.#read(kept, kept.items, false)
  }

  #read({ resource }: Kept, items: Kept['items'], changed: boolean): void {
    const state = { generation: 1, items: items.size, lastSyncAt: this.clock.now() }
    this.#kept.set(resource.id, { resource, items, state })
    this.bus.publish('synced', { resourceId: resource.id, userId: resource.userId, changed })
  }

  listResources: Asked['listResources'] = ({ userId }) =>
    this.#answer(() => {
      const rows = [...this.#kept.values()].map(({ resource }) => resource)
      return { rows: rows.filter(row => row.userId === userId).sort((a, b) => (a.id < b.id ? -1 : 1)), next: null }
    })

  getResource: Asked['getResource'] = id => this.#answer(() => this.#kept.get(id)?.resource ?? null)

  getAccount: Asked['getAccount'] = id => this.#answer(() => anAccount({ id }))

  getSync: Asked['getSync'] = id =>
    this.#answer(() => {
      const state = this.#kept.get(id)?.state
      return state === undefined ? null : { ...NO_STATE, ...state, resourceId: id }
    })

  getItems: Asked['getItems'] = (id, ids) =>
    this.#answer(() => {
      const items = this.#kept.get(id)?.items
      return ids.flatMap(one => items?.get(one) ?? [])
    })

  listItems: Asked['listItems'] = id =>
    this.#answer(() => ({ rows: [...(this.#kept.get(id)?.items.values() ?? [])], next: null }))

  async #answer<T>(look: () => T): Promise<T> {
    await this.turn()
    const seen = look()
    await this.turn()
    return seen
  }
}

const NO_STATE: SyncState = {
  resourceId: '',
  cursor: null,
  cursorVersion: null,
  generation: 0,
  items: 0,
  pass: null,
  seq: 0,
  asked: null,
  job: null,
  failureCount: 0,
  nextAt: null,
  lastSyncAt: null,
  lastSyncType: null,
  lastFullAt: null,
  lastChangeAt: null,
  lastAnnouncedAt: null,
  error: null,
  errorAt: null,
  heldDeletion: null,
}

export function anItem(id: string, startsAt: number, endsAt: number | null = startsAt + 3_600_000): Item {
  return { id, version: String(startsAt), updatedAt: startsAt, startsAt, endsAt, series: null, json: { id } }
}

/** A provider of calendars whose events take place once. */
export async function loadCalendarProvider(): Promise<Provider> {
  return {
    id: 'scripted',
    title: 'Scripted',
    reader: {
      version: '1',
      whole: true,
      readPage: () => Promise.reject(new Error('nothing is read here')),
      describe: () => [],
      occurrences: (items, window) => items.flatMap(item => occurrenceOf(item, window)),
    },
  }
}

function occurrenceOf({ id, startsAt, endsAt }: Item, { from, to }: TimeWindow): readonly Occurrence[] {
  if (startsAt === null || endsAt === null || startsAt >= to || endsAt <= from) return []
  const fields = { series: null, allDay: false, busy: true, status: 'confirmed', location: null, url: null } as const
  return [{ id, item: id, start: startsAt, end: endsAt, title: id, ...fields }]
}
