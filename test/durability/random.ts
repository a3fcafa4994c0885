/** Random numbers that can be had again: the same seed gives the same run, as far as timing lets it. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** Whole, `from` to `to` inclusive. */
  between(from: number, to: number): number
  /** True once in so many. */
  oneIn(n: number): boolean
  pick<T>(items: readonly [T, ...T[]]): T
  /** As a GitHub delivery's GUID. */
  guid(): string
}

/** mulberry32: small, and good enough to choose moments with. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  function between(from: number, to: number): number {
    return from + Math.floor(next() * (to - from + 1))
  }

  return {
    next,
    between,
    oneIn: n => between(1, n) === 1,
    pick: items => items[between(0, items.length - 1)] ?? items[0],
    guid() {
      const hex = Array.from({ length: 8 }, () => between(0, 0xffff).toString(16).padStart(4, '0')).join('')
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
    },
  }
}
