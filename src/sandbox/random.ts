/** Random numbers that can be had again: the same seed gives the same run. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** Whole, `from` to `to` inclusive. */
  between(from: number, to: number): number
  pick<T>(items: readonly [T, ...T[]]): T
  /** So many characters of an alphabet. */
  text(length: number, alphabet?: string): string
  /** One of its own, for a part whose pace must not change what the others draw. */
  fork(): Random
}

const HEX = '0123456789abcdef'

/** mulberry32: small, and good enough to make things up. Nothing here guards a secret that matters. */
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
    pick: items => items[between(0, items.length - 1)] ?? items[0],
    text(length, alphabet = HEX) {
      return Array.from({ length }, () => alphabet[between(0, alphabet.length - 1)] ?? '').join('')
    },
    fork: () => createRandom(between(0, 2 ** 32 - 1)),
  }
}
