import { isObject } from '../shared/is-object.ts'

/** What the person decided in this browser. */
export interface Choices {
  readonly isOff: boolean
  /** ms since 1970; null = never. */
  readonly putOffAt: number | null
  setOff(off: boolean): void
  putOff(at: number): void
}

/** As `localStorage`. */
export interface Keeper {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

const KEY = 'ec.push'

/** Kept in `storage`, shared by all tabs; where nothing can be kept, for as long as the page lives. */
export function openChoices(storage: Keeper | null): Choices {
  let own: Kept = { off: false, putOffAt: null }

  function read(): Kept {
    try {
      return storage === null ? own : parse(storage.getItem(KEY))
    } catch {
      return own
    }
  }

  function write(change: Partial<Kept>): void {
    own = { ...read(), ...change }
    try {
      storage?.setItem(KEY, JSON.stringify(own))
    } catch {
      // It is full, or forbidden: `own` has it.
    }
  }

  return {
    get isOff() {
      return read().off
    },
    get putOffAt() {
      return read().putOffAt
    },
    setOff: off => write({ off }),
    putOff: at => write({ putOffAt: at }),
  }
}

interface Kept {
  readonly off: boolean
  readonly putOffAt: number | null
}

function parse(text: string | null): Kept {
  const value: unknown = text === null ? null : JSON.parse(text)
  if (!isObject(value)) return { off: false, putOffAt: null }
  const { off, putOffAt } = value
  return { off: off === true, putOffAt: typeof putOffAt === 'number' ? putOffAt : null }
}
