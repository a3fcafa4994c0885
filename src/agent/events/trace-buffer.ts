import type { NewTrace, Store } from '../../backends/store.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'

export interface TraceBufferOptions {
  readonly store: Pick<Store, 'recordTraces'>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Gathers the lines of traces that live delivery writes by the thousand, and stores them together, at most every 250 ms.
 * A trace explains, it proves nothing, so a burst beyond the bound and a disk that refuses cost lines, never a delivery.
 */
export interface TraceBuffer {
  add(row: NewTrace): void
  /** Writes what is there; resolves when it is stored. Never rejects. */
  flush(): Promise<void>
}

const FLUSH_EVERY_MS = 250
/** Under load about 16,000 lines a second are kept. */
const MAX_ROWS = 4000

export function createTraceBuffer(options: TraceBufferOptions): TraceBuffer {
  const { store, clock, log } = options
  let rows: NewTrace[] = []
  let dropped = 0
  let timer: Timer | null = null

  function add(row: NewTrace): void {
    if (rows.length >= MAX_ROWS) {
      dropped += 1
      return
    }
    rows.push(row)
    timer ??= clock.setTimer(() => void flush(), FLUSH_EVERY_MS)
  }

  async function flush(): Promise<void> {
    timer?.cancel()
    timer = null
    const batch = rows
    rows = []
    if (dropped > 0) log.warn('trace lines were left out', { dropped })
    dropped = 0
    if (batch.length === 0) return
    try {
      await store.recordTraces(batch)
    } catch (error) {
      log.warn('trace lines could not be stored', { rows: batch.length, code: toEcError(error).code })
    }
  }

  return { add, flush }
}
