import { createRandom as createPlain, type Random as Plain } from '#ec/sandbox/random.js'

/** Random numbers that can be had again: the same seed gives the same run, as far as timing lets it. */
export interface Random extends Pick<Plain, 'next' | 'between' | 'pick'> {
  /** True once in so many. */
  oneIn(n: number): boolean
  /** As a GitHub delivery's GUID. */
  guid(): string
  /** One of its own, for a part whose pace must not change what the others draw. */
  fork(): Random
}

export function createRandom(seed: number): Random {
  const { next, between, pick } = createPlain(seed)
  return {
    next,
    between,
    pick,
    fork: () => createRandom(between(0, 2 ** 32 - 1)),
    oneIn: n => between(1, n) === 1,
    guid() {
      const hex = Array.from({ length: 8 }, () => between(0, 0xffff).toString(16).padStart(4, '0')).join('')
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
    },
  }
}
