import { setImmediate as breathe } from 'node:timers/promises'
import type { Store } from '../../backends/store.ts'
import { EcError } from '../../core/errors.ts'
import type { Item, TimeWindow } from '../../core/item.ts'
import type { Resource } from '../../core/resource.ts'
import type { Provider, Reader } from '../../providers/provider.ts'
import type { CalendarItem, CalendarOccurrence } from '../http/api.ts'

export interface CalendarsOptions {
  readonly store: Pick<Store, 'listResources' | 'getAccount' | 'getSync' | 'getItems' | 'listItems'>
  readonly loadProvider: (id: string) => Promise<Provider>
}

/** A copy of a calendar, and how to read times out of it. */
export interface Calendar {
  readonly resource: Resource
  readonly occurrences: NonNullable<Reader['occurrences']>
  /** All by which it is seen: of a calendar that several accounts of the user see the first that was added goes by its name. */
  readonly ids: readonly string[]
  /** Which of these has the copy that was read last. */
  readonly copy: string
}

/** How far the copy of a calendar goes. */
export interface Progress {
  readonly id: string
  readonly items: number
  /** When it was read last; null = never to the end. */
  readonly freshAt: number | null
  /** When a read found something last; null = none did. */
  readonly changedAt: number | null
}

const PAGE = 1_000
/** As many as one look at the store gives; a calendar that has more is seen in several looks. */
const ITEMS = 5_000

/**
 * The calendars of a user of which there are copies. What is only told of, without an account, is none. One that several
 * accounts see is there once, by the copy that was read last.
 */
export async function listCalendars(options: CalendarsOptions, userId: string): Promise<readonly Calendar[]> {
  const seen = new Map<string, [Calendar, ...Calendar[]]>()
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<Store['listResources']>> = await options.store.listResources({
      userId,
      limit: PAGE,
      after,
    })
    for (const resource of page.rows) {
      const reader = resource.accountId === null ? undefined : await readerOf(options, resource.provider)
      if (reader?.occurrences === undefined) continue
      const calendar = { resource, occurrences: reader.occurrences, ids: [resource.id], copy: resource.id }
      const key = reader.sharedTargets === true ? `${resource.provider} ${resource.target}` : resource.id
      const same = seen.get(key)
      if (same === undefined) seen.set(key, [calendar])
      else same.push(calendar)
    }
    after = page.next
  }
  return Promise.all([...seen.values()].map(same => joinTwins(options, same)))
}

async function joinTwins(options: CalendarsOptions, same: readonly [Calendar, ...Calendar[]]): Promise<Calendar> {
  const [first] = same
  if (same.length === 1) return first
  const copies = await Promise.all(same.map(one => readProgress(options, one)))
  const [newest] = copies.toSorted((a, b) => (b.freshAt ?? 0) - (a.freshAt ?? 0))
  return { ...first, ids: copies.map(({ id }) => id), copy: newest?.id ?? first.copy }
}

export async function readProgress(
  { store }: CalendarsOptions,
  { resource: { id }, copy }: Calendar,
): Promise<Progress> {
  const state = await store.getSync(copy)
  // While the first read is under way there are items already, and others are still to come.
  if (state === null || state.generation === 0) return { id, items: state?.items ?? 0, freshAt: null, changedAt: null }
  return { id, items: state.items, freshAt: state.lastSyncAt, changedAt: state.lastChangeAt }
}

/** Ascending by start. */
export async function readOccurrences(
  options: CalendarsOptions,
  calendars: readonly Calendar[],
  window: TimeWindow,
): Promise<readonly CalendarOccurrence[]> {
  const found: CalendarOccurrence[] = []
  for (const { resource, occurrences, copy } of calendars) {
    // Series take a while to expand, and others wait for this thread.
    await breathe()
    const items = await itemsIn(options, copy, window)
    for (const occurrence of occurrences(items, window)) found.push({ ...occurrence, calendar: resource.id })
  }
  return found.toSorted(
    (a, b) => a.start - b.start || a.end - b.end || compare(a.calendar, b.calendar) || compare(a.id, b.id),
  )
}

/** The item of this id in each calendar that has it: who is invited has it in a calendar of his own, by the same id. */
export async function findItems(
  { store }: CalendarsOptions,
  calendars: readonly Calendar[],
  id: string,
): Promise<readonly CalendarItem[]> {
  const found: CalendarItem[] = []
  for (const { resource, copy } of calendars) {
    const [item] = await store.getItems(copy, [id])
    if (item !== undefined) found.push({ ...item, calendar: resource.id })
  }
  return found
}

/** All of them before any is looked at: the exceptions of a series may stand on another page than the series. */
async function itemsIn({ store }: CalendarsOptions, id: string, window: TimeWindow): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<Store['listItems']>> = await store.listItems(id, { window, limit: ITEMS, after })
    for (const item of page.rows) items.push(item)
    after = page.next
  }
  return items
}

/** A provider that this version does not know any more has no calendars. */
async function readerOf({ loadProvider }: CalendarsOptions, id: string): Promise<Reader | undefined> {
  try {
    return (await loadProvider(id)).reader
  } catch (error) {
    if (error instanceof EcError && error.code === 'EC_PROVIDER_UNKNOWN') return undefined
    throw error
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
