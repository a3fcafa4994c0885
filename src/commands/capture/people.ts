import { isRecord, peek, peekString } from '../../core/peek.ts'
import { isNobodysAddress } from './patterns.ts'

type Kind = 'name' | 'handle' | 'email'

/**
 * Who is mentioned, under which names. Whatever belongs to one person gets the same number: `Person 1`, `person-1`,
 * `person1@example.com`.
 */
export class People {
  readonly #known = new Map<string, { readonly kind: Kind; readonly n: number }>()
  #count = 0

  /** The names and handles that are to be replaced wherever they stand, the longest first. */
  words(): readonly string[] {
    return [...this.#known]
      .filter(([, { kind }]) => kind !== 'email')
      .map(([text]) => text)
      .toSorted((a, b) => b.length - a.length)
  }

  /** The number of the person that an object is about: one that is known by a value of it, or a new one. */
  numberOf(object: unknown): number {
    for (const key of ['email', 'login', 'username', 'name']) {
      const text = peekString(object, key) || peekString(object, key, 'value')
      const known = this.#known.get(keyOf('email', text)) ?? this.#known.get(text)
      if (text !== '' && known !== undefined) return known.n
    }
    return this.#next()
  }

  learn(kind: Kind, text: string, n: number | null = null): void {
    const key = keyOf(kind, text)
    if (text.length < 2 || this.#known.has(key) || isPlaceholder(kind, text)) return
    const number = n ?? this.#next()
    this.#known.set(key, { kind, n: number })
    // A title says "between Ana and Ben" where the names are given in full.
    const parts = kind === 'name' ? text.split(/\s+/).filter(part => /^\p{L}{3,}$/u.test(part)) : []
    for (const part of parts) if (!this.#known.has(part)) this.#known.set(part, { kind, n: number })
  }

  /** What stands in the place of a name, handle or address. */
  replace(kind: 'word' | 'email', text: string): string {
    if (kind === 'email' && !this.#known.has(keyOf('email', text))) this.learn('email', text)
    const known = this.#known.get(kind === 'email' ? keyOf('email', text) : text)
    if (known === undefined) return text
    if (known.kind === 'name') return `Person ${known.n}`
    if (known.kind === 'handle') return `person-${known.n}`
    return `person${known.n}${text.includes('@') ? '@' : '%40'}example.com`
  }

  #next(): number {
    this.#count += 1
    return this.#count
  }
}

function keyOf(kind: Kind, text: string): string {
  return kind === 'email' ? text.replace('%40', '@').toLowerCase() : text
}

function isPlaceholder(kind: Kind, text: string): boolean {
  return kind === 'email' ? isNobodysAddress(text) : /^Person \d+$|^person-\d+$/.test(text)
}

/** Whether an object says of somebody how to reach him. */
export function isPerson(value: unknown): boolean {
  if (!isRecord(value)) return false
  return ['email', 'emailAddress', 'login', 'username'].some(key => {
    const found = peek(value, key)
    return typeof found === 'string' || isRecord(found)
  })
}
