import type { StreamHead } from '../../../backends/store.ts'
import type { StreamCursor } from '../../../core/stream-cursor.ts'

export interface StartPosition {
  /** The number after which sending begins. */
  readonly position: number
  /** Whether everything since the cursor is sent. */
  readonly recovered: boolean
}

/**
 * Where a connection begins. Without a cursor it begins at the head and has missed nothing. A cursor of another epoch,
 * beyond the head or before what retention has removed cannot be honoured in full, and half a replay would be a lie:
 * it begins at the head, and the client reads the history. `undefined` stands for a cursor that is none.
 */
export function startPosition(cursor: StreamCursor | null | undefined, epoch: string, head: StreamHead): StartPosition {
  if (cursor === null) return { position: head.seq, recovered: true }
  if (cursor === undefined || cursor.epoch !== epoch || cursor.seq > head.seq || cursor.seq < head.pruned) {
    return { position: head.seq, recovered: false }
  }
  return { position: cursor.seq, recovered: true }
}
