import type { Item } from './center.ts'
import { answered, changeItem } from './item.ts'

/** What a person did here, and the agent has not told of yet. */
export interface PendingChange {
  readonly ids: readonly string[]
  readonly state: 'seen' | 'read' | 'unread' | 'archived' | 'unarchived' | 'snoozed' | 'answered'
  /** ms since 1970; of `snoozed`. */
  readonly until?: number
  /** Of `answered`. */
  readonly option?: string
  /** All that is unread, also what is not loaded here. */
  readonly everything?: boolean
}

interface Entry {
  readonly change: PendingChange
  /** The stream tells of it at this place; null while the agent has not answered. */
  upTo: number | null
}

/** Changes that are shown before the stream brings them, and vanish when the agent refuses. */
export class PendingChanges {
  readonly #entries = new Set<Entry>()

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  /** Whether all that is unread is being read. */
  get readsEverything(): boolean {
    return [...this.#entries].some(({ change }) => change.everything === true)
  }

  /** Shows a change. `confirm`: the stream tells of it at `upTo`. `drop`: it did not come to be. */
  add(change: PendingChange): { confirm(upTo: number): void; drop(): void } {
    const entry: Entry = { change, upTo: null }
    this.#entries.add(entry)
    return {
      confirm: upTo => {
        entry.upTo = upTo
      },
      drop: () => void this.#entries.delete(entry),
    }
  }

  /** The stream has come to this place. */
  settle(position: number): void {
    for (const entry of this.#entries) {
      if (entry.upTo !== null && entry.upTo <= position) this.#entries.delete(entry)
    }
  }

  /** Places of the stream mean something else from now on. */
  clear(): void {
    for (const entry of this.#entries) if (entry.upTo !== null) this.#entries.delete(entry)
  }

  /** Items as they will be; only those that change, by id. */
  over(items: ReadonlyMap<string, Item>): ReadonlyMap<string, Item> {
    const changed = new Map<string, Item>()
    for (const { change } of this.#entries) {
      for (const id of change.ids) {
        const item = changed.get(id) ?? items.get(id)
        if (item !== undefined) changed.set(id, applyTo(item, change))
      }
    }
    return changed
  }
}

function applyTo(item: Item, { state, until, option }: PendingChange): Item {
  const next = changeItem(item, state, until ?? null)
  return option === undefined ? next : { ...next, question: answered(next.question, option) }
}
