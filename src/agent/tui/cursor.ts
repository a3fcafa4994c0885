/** Where a person stands in a list that changes under him: on a thing, not on a number. */
export interface Cursor {
  /** Null: on the newest, whatever it is. */
  readonly key: string | null
  /** Where it stood when it was last seen, for when it has left the list. */
  readonly index: number
  /** How many lines under the upper edge of the window it stands: so the window stays while rows come and go. */
  readonly line: number
}

/** Follows the end of the list, where the newest are. */
export const AT_END: Cursor = { key: null, index: -1, line: Number.MAX_SAFE_INTEGER }
/** Stands at the start, in a list that has its own order. */
export const AT_START: Cursor = { key: '', index: 0, line: 0 }

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last'

/** The index that the cursor stands on; -1 in an empty list. */
export function indexOf(cursor: Cursor, keys: readonly string[]): number {
  if (cursor.key === null) return keys.length - 1
  const found = keys.indexOf(cursor.key)
  return found === -1 ? Math.min(Math.max(0, cursor.index), keys.length - 1) : found
}

/** `height`: lines of the window. In a list that follows, who comes to the end follows again. */
export function move(cursor: Cursor, keys: readonly string[], step: Move, height: number, follows: boolean): Cursor {
  if (keys.length === 0) return cursor
  const last = keys.length - 1
  const before = indexOf(cursor, keys)
  const page = Math.max(1, height - 1)
  const by = { up: -1, down: 1, 'page-up': -page, 'page-down': page, first: -keys.length, last: keys.length }[step]
  const index = Math.min(last, Math.max(0, before + by))
  if (follows && index === last && by > 0) return AT_END
  const { top } = windowOf(cursor, keys, height)
  const line = Math.min(Math.max(0, index - top), Math.max(0, height - 1))
  return { key: keys[index] ?? null, index, line }
}

/** Which part of the list is seen: `[top, top + height)`, the cursor always in it. */
export function windowOf(
  cursor: Cursor,
  keys: readonly string[],
  height: number,
): { readonly top: number; readonly index: number } {
  const index = indexOf(cursor, keys)
  const line = Math.min(cursor.line, Math.max(0, height - 1))
  const top = Math.min(Math.max(0, index - line), Math.max(0, keys.length - height))
  return { top, index }
}
