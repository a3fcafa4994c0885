import { formatCursor, parseCursor, type StreamCursor } from '../../src/core/stream-cursor.ts'
import type { KeptTexts } from './world.ts'

/**
 * The place of the stream up to which this browser has taken everything, for each agent and user; all its tabs share it.
 * Storage may be missing, full, or forbidden, as in private windows: then the place is forgotten with the page.
 */
export class CursorStore {
  readonly #storage: () => KeptTexts
  readonly #key: string

  /** `storage`: looking at it alone may throw. */
  constructor(storage: () => KeptTexts, url: string, user: string) {
    this.#storage = storage
    this.#key = `ec cursor ${url} ${user}`
  }

  read(): StreamCursor | null {
    try {
      return parseCursor(this.#storage().getItem(this.#key) ?? '')
    } catch {
      return null
    }
  }

  write(cursor: StreamCursor): void {
    try {
      this.#storage().setItem(this.#key, formatCursor(cursor))
    } catch {
      // It is a convenience: without it, what came while nobody was here is read from the history.
    }
  }
}
