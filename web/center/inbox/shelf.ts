import type { Item } from '../center.ts'
import { isUnread } from './item.ts'

/** Items that stay in memory as new ones come, and that a person may have loaded by hand. */
const MAX_ITEMS = 2_000
const MAX_LOADED = 10_000

/** The items that are held here, and how far back they reach. The oldest are let go, and can be loaded again. */
export class Shelf {
  readonly #items = new Map<string, Item>()
  #sorted: readonly Item[] | null = []
  #floor: number | null = null
  #isComplete = false
  #room = MAX_ITEMS

  /** Everything from this number on is here; null before the first page. */
  get floor(): number | null {
    return this.#floor
  }

  /** There is nothing older. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** Whether no more may be loaded by hand. */
  get isFull(): boolean {
    return this.#items.size >= MAX_LOADED
  }

  get size(): number {
    return this.#items.size
  }

  /** Newest first. */
  get sorted(): readonly Item[] {
    return (this.#sorted ??= [...this.#items.values()].sort((a, b) => b.seq - a.seq))
  }

  get byId(): ReadonlyMap<string, Item> {
    return this.#items
  }

  put(item: Item): void {
    this.#items.set(item.event.id, item)
    this.#sorted = null
  }

  remove(id: string): void {
    if (this.#items.delete(id)) this.#sorted = null
  }

  /** Changes every item that `change` gives back as another; whether there was one. */
  updateAll(change: (item: Item) => Item): boolean {
    let isOther = false
    for (const [id, item] of this.#items) {
      const next = change(item)
      if (next === item) continue
      this.#items.set(id, next)
      this.#sorted = null
      isOther = true
    }
    return isOther
  }

  /** A page was put: it began with this number. There is room for it, as long as that is sensible. */
  extend(from: number | null, isLast: boolean): void {
    if (from !== null) this.#floor = Math.min(this.#floor ?? from, from)
    this.#isComplete = isLast
    this.#room = Math.max(this.#room, Math.min(this.#items.size, MAX_LOADED))
  }

  trim(): void {
    if (this.#items.size <= this.#room) return
    for (const { event } of this.sorted.slice(this.#room)) this.#items.delete(event.id)
    this.#sorted = this.sorted.slice(0, this.#room)
    const lowest = this.#sorted.at(-1)?.seq ?? 0
    this.#floor = Math.max(this.#floor ?? lowest, lowest)
    this.#isComplete = false
  }

  /** The events that are unread. */
  unreadIds(): readonly string[] {
    return this.sorted.filter(isUnread).map(({ event }) => event.id)
  }

  /** Those of the events that were seen, as far as is known here. */
  seenAmong(ids: readonly string[]): readonly string[] {
    return ids.filter(id => this.#items.get(id)?.seen === true)
  }

  /** The events that ask a question. */
  asking(question: string): readonly string[] {
    return this.sorted.flatMap(item => (item.question?.id === question ? [item.event.id] : []))
  }

  clear(): void {
    this.#items.clear()
    this.#sorted = []
    this.#floor = null
    this.#isComplete = false
    this.#room = MAX_ITEMS
  }
}
