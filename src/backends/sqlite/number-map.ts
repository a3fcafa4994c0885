/** No key is negative. */
const FREE = -1

/**
 * A map from numbers, not negative, to numbers. It takes 16 to 32 bytes an entry and the garbage collector sees two
 * objects, however many there are: with a `Map` of a hundred thousand large numbers each lookup reads three places that
 * are in no cache, and each entry is moved twice before it is old.
 */
export class NumberMap {
  #keys: Float64Array
  #values: Float64Array
  #size = 0

  /** `room`: how many entries it takes before it grows for the first time. */
  constructor(room: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(8, room * 2)))
    this.#keys = new Float64Array(slots).fill(FREE)
    this.#values = new Float64Array(slots)
  }

  get size(): number {
    return this.#size
  }

  get(key: number): number | undefined {
    const slot = this.#slotOf(key)
    return this.#keys[slot] === key ? this.#values[slot] : undefined
  }

  set(key: number, value: number): void {
    const slot = this.#slotOf(key)
    this.#values[slot] = value
    if (this.#keys[slot] === key) return
    this.#keys[slot] = key
    this.#size += 1
    if (this.#size * 2 > this.#keys.length) this.#grow()
  }

  /** Ascending. */
  sortedKeys(): Float64Array {
    return this.#keys.filter(key => key !== FREE).sort()
  }

  /** The largest value; 0 when there is none. */
  largest(): number {
    return this.#values.reduce((largest, value) => Math.max(largest, value), 0)
  }

  /** Where the key is, or else the free place for it: the next one after that at which its search begins. */
  #slotOf(key: number): number {
    const last = this.#keys.length - 1
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & last
    for (;;) {
      const found = this.#keys[slot]
      if (found === key || found === FREE) return slot
      slot = (slot + 1) & last
    }
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values]
    this.#keys = new Float64Array(keys.length * 2).fill(FREE)
    this.#values = new Float64Array(keys.length * 2)
    for (const [i, key] of keys.entries()) {
      if (key === FREE) continue
      const slot = this.#slotOf(key)
      this.#keys[slot] = key
      this.#values[slot] = values[i] ?? 0
    }
  }
}
