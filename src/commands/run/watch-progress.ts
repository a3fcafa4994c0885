import type { Clock } from '../../core/clock.ts'
import type { OutputTail } from '../../core/output-tail.ts'

export interface ProgressNews {
  /** The last line of output; '' without one. */
  readonly line: string
  /** Since the start. */
  readonly ms: number
}

/** A command that says nothing is told of even so, now and then: it still runs. */
const SILENCE_MS = 30_000

/** Gives what is new since it was asked last: the line that was written last, or after a while of silence the time. */
export function watchProgress(tail: OutputTail, clock: Clock): () => ProgressNews | null {
  const startedAt = clock.monotonic()
  let toldAt = -Infinity
  let toldLine = ''
  return () => {
    const now = clock.monotonic()
    const line = tail.lines(1)[0] ?? ''
    if (line === toldLine && now - toldAt < SILENCE_MS) return null
    toldAt = now
    toldLine = line
    return { line, ms: now - startedAt }
  }
}
