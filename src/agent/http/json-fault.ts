/**
 * The offset at which a text stops being JSON, or null when it is JSON (RFC 8259). Engines tell it in words that differ
 * and that quote the text; this is for a person who looks for a missing comma. Linear, and no deeper than one frame.
 */
export function findJsonFault(text: string): number | null {
  return new Scanner(text).run()
}

/** What may stand at the present place; `fault` and `end` end the scan. */
type Due = 'value' | 'key' | 'more' | 'fault' | 'end'

class Scanner {
  readonly #text: string
  /** What closes the arrays and objects around the present place. */
  readonly #open: ('}' | ']')[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): number | null {
    let due: Due = 'value'
    while (due !== 'fault' && due !== 'end') {
      this.#match(SPACE)
      due = this.#step(due)
    }
    return due === 'end' ? null : this.#at
  }

  #step(due: 'value' | 'key' | 'more'): Due {
    switch (due) {
      case 'value':
        return this.#value()
      case 'key':
        return this.#key()
      case 'more':
        return this.#more()
      default:
        return due satisfies never
    }
  }

  #value(): Due {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#enter('}', 'key')
      case '[':
        return this.#enter(']', 'value')
      case '"':
        return this.#string() ? 'more' : 'fault'
      default:
        return this.#match(WORD) ? 'more' : 'fault'
    }
  }

  #enter(close: '}' | ']', inside: Due): Due {
    this.#at += 1
    this.#match(SPACE)
    this.#open.push(close)
    return this.#text[this.#at] === close ? 'more' : inside
  }

  #key(): Due {
    if (this.#text[this.#at] !== '"' || !this.#string()) return 'fault'
    this.#match(SPACE)
    if (this.#text[this.#at] !== ':') return 'fault'
    this.#at += 1
    return 'value'
  }

  /** After a value. */
  #more(): Due {
    const close = this.#open.at(-1)
    const char = this.#text[this.#at]
    if (close === undefined) return char === undefined ? 'end' : 'fault'
    if (char !== close && char !== ',') return 'fault'
    this.#at += 1
    if (char === ',') return close === ']' ? 'value' : 'key'
    this.#open.pop()
    return 'more'
  }

  #string(): boolean {
    this.#at += 1
    for (;;) {
      this.#match(PLAIN)
      if (this.#text[this.#at] === '"') {
        this.#at += 1
        return true
      }
      if (!this.#match(ESCAPE)) return false
    }
  }

  /** Moves over what matches here; whether that was anything. */
  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text) || pattern.lastIndex === this.#at) return false
    this.#at = pattern.lastIndex
    return true
  }
}

const SPACE = /[ \t\n\r]*/y
/** All of a string but quotes, backslashes and control characters, which are below the space. */
const PLAIN = /[ !#-[\]-\uffff]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
