/** A binary heap: the smallest item by `compare` comes first. Adding and taking are O(log n), removing another is O(n). */
export class Heap<Item> {
  readonly #items: Item[] = []
  readonly #compare: (a: Item, b: Item) => number

  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#items.length
  }

  peek(): Item | undefined {
    return this.#items[0]
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#up(this.#items.length - 1)
  }

  pop(): Item | undefined {
    return this.#removeAt(0)
  }

  remove(item: Item): boolean {
    const at = this.#items.indexOf(item)
    if (at < 0) return false
    this.#removeAt(at)
    return true
  }

  #removeAt(at: number): Item | undefined {
    const removed = this.#items[at]
    const last = this.#items.pop()
    if (last !== undefined && at < this.#items.length) {
      this.#items[at] = last
      this.#up(at)
      this.#down(at)
    }
    return removed
  }

  #up(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfLess(at, parent)) return
      at = parent
    }
  }

  #down(from: number): void {
    let at = from
    for (;;) {
      const left = 2 * at + 1
      const smaller = this.#less(left + 1, left) ? left + 1 : left
      if (!this.#swapIfLess(smaller, at)) return
      at = smaller
    }
  }

  #less(a: number, b: number): boolean {
    const x = this.#items[a]
    const y = this.#items[b]
    return x !== undefined && y !== undefined && this.#compare(x, y) < 0
  }

  #swapIfLess(a: number, b: number): boolean {
    const x = this.#items[a]
    const y = this.#items[b]
    if (x === undefined || y === undefined || this.#compare(x, y) >= 0) return false
    this.#items[a] = y
    this.#items[b] = x
    return true
  }
}
