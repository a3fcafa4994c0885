import type { CenterState, Item } from '../../center/center.ts'
import type { Kit } from '../kit.ts'
import { isPlain, matchesFilter, NO_FILTER, queryOf, type Filter } from './filter.ts'

/** What is shown of the history: what the center has, or what the agent finds. */
export interface History {
  readonly filter: Filter
  /** Newest first. */
  items(): readonly Item[]
  readonly complete: boolean
  readonly isLoading: boolean
  choose(filter: Filter): void
  update(state: CenterState): void
  loadMore(): Promise<void>
  /** What was done to an event of which the center may know nothing. */
  patch(id: string, change: Partial<Item>): void
}

const PAGE = 50

export function createHistory(kit: Kit, onchange: () => void): History {
  const { center, readRow } = kit
  let state = center.state
  let filter = NO_FILTER
  /** Of a filter: what the agent has found, newest first. */
  let found: readonly Item[] = []
  let oldest: number | null = null
  let complete = false
  /** Counts choices, so that a late answer to an earlier one is passed over. */
  let turn = 0
  let loading: Promise<void> | null = null
  let cache: { readonly from: readonly [unknown, unknown, unknown]; readonly items: readonly Item[] } | null = null

  function items(): readonly Item[] {
    const from = [state.items, found, filter] as const
    if (cache?.from.every((part, i) => part === from[i]) === true && !isPlain(filter)) return cache.items
    cache = { from, items: isPlain(filter) ? plain() : merged() }
    return cache.items
  }

  /** What the center has, and behind it what it has no room for. */
  function plain(): readonly Item[] {
    const now = Date.now()
    return [...state.items, ...found].filter(item => matchesFilter(item, NO_FILTER, now))
  }

  /** What was found, as it is now, with what has come since. */
  function merged(): readonly Item[] {
    const live = new Map(state.items.map(item => [item.event.id, item]))
    const newest = found[0]?.seq ?? (complete ? 0 : Number.POSITIVE_INFINITY)
    const now = Date.now()
    const fresh = state.items.filter(item => item.seq > newest && matchesFilter(item, filter, now))
    return [...fresh, ...found.map(item => live.get(item.event.id) ?? item).filter(item => isStillShown(item, now))]
  }

  /** What was read stays where it is until the person looks again; what was moved elsewhere goes. */
  function isStillShown(item: Item, now: number): boolean {
    return matchesFilter({ ...item, read: false }, { ...filter, q: '' }, now)
  }

  async function loadMore(): Promise<void> {
    const mine = turn
    loading ??= read(mine).finally(() => {
      if (mine === turn) loading = null
      onchange()
    })
    await loading
  }

  async function read(mine: number): Promise<void> {
    if (isPlain(filter)) {
      if ((await center.loadMore()) || state.complete) return
      oldest ??= state.items.at(-1)?.seq ?? null
    }
    const path = `/api/events?${queryOf(filter, oldest, PAGE)}`
    const page = await center.call<{ readonly events: readonly unknown[] }>('GET', path)
    if (mine !== turn) return
    const rows = page.events.flatMap(row => readRow(row) ?? []).toReversed()
    complete = page.events.length < PAGE
    oldest = rows.at(-1)?.item.seq ?? oldest
    found = [...found, ...rows.filter(({ isRetracted }) => !isRetracted).map(({ item }) => item)]
  }

  return {
    get filter() {
      return filter
    },
    items,
    get complete() {
      return complete || (isPlain(filter) && state.complete)
    },
    get isLoading() {
      return loading !== null
    },
    choose(next) {
      filter = next
      turn += 1
      found = []
      oldest = null
      complete = false
      loading = null
      onchange()
      if (!isPlain(filter)) loadMore().catch(kit.fail)
    },
    update(next) {
      state = next
    },
    loadMore,
    patch(id, change) {
      found = found.map(item => (item.event.id === id ? { ...item, ...change } : item))
      onchange()
    },
  }
}
