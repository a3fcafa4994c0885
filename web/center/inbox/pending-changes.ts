import type { Item } from '../center.ts'
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

export interface PendingHandle {
  /** The agent has it: the stream tells of it at this place, or by the next word of it. */
  confirm(upTo: number | 'word'): void
  /** It did not come to be, or is told already. */
  drop(): void
}

interface Entry {
  readonly change: PendingChange
  /** The stream tells of it at this place, or by the next word of it; null while the agent has not answered. */
  upTo: number | 'word' | null
}

/** Changes that are shown before the stream brings them, and vanish when the agent refuses. */
export class PendingChanges {
  readonly #entries = new Set<Entry>()

  /** Whether all that is unread is being read. */
  get readsEverything(): boolean {
    return [...this.#entries].some(({ change }) => change.everything === true)
  }

  /** Shows a change. `confirm`: the stream tells of it at `upTo`. `drop`: it did not come to be. */
  add(change: PendingChange): PendingHandle {
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
      if (typeof entry.upTo === 'number' && entry.upTo <= position) this.#entries.delete(entry)
    }
  }

  /** The stream has told of a change of this event. */
  told(id: string, state: string): void {
    for (const entry of this.#entries) {
      const { change, upTo } = entry
      if (upTo === 'word' && change.state === state && change.ids.includes(id)) this.#entries.delete(entry)
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
