import { stripVTControlCharacters } from 'node:util'
import { cleanLine } from './clean-text.ts'

/** The end of what a program has written, in lines that are safe to show. */
export interface OutputTail {
  /** Takes what comes, whatever it is: a copy of at most `keptBytes`. */
  push(chunk: Buffer, from: 'stdout' | 'stderr'): void
  /**
   * The last lines that are not empty, cleaned and bounded. Of a line that a progress bar writes over, what is seen at its
   * end. Nothing where the output is no text.
   */
  lines(max: number): readonly string[]
}

/** Enough for the lines that are told, and little enough to be copied at every write. */
const KEPT_BYTES = 16 * 1024
const MAX_LINE = 300

export function createOutputTail(keptBytes = KEPT_BYTES): OutputTail {
  const kept = Buffer.alloc(2 * keptBytes)
  let used = 0
  let isWhole = true
  let last: 'stdout' | 'stderr' | null = null

  return { push, lines }

  function push(chunk: Buffer, from: 'stdout' | 'stderr'): void {
    // Two streams share the tail: what one began is not continued by the other.
    if (last !== null && last !== from && used > 0 && kept[used - 1] !== NEWLINE) add(LINE_BREAK)
    last = from
    add(chunk)
  }

  function add(chunk: Buffer): void {
    const part = chunk.length > keptBytes ? chunk.subarray(chunk.length - keptBytes) : chunk
    if (part.length < chunk.length) isWhole = false
    if (used + part.length > kept.length) {
      const stays = Math.max(0, keptBytes - part.length)
      kept.copyWithin(0, used - stays, used)
      used = stays
      isWhole = false
    }
    used += part.copy(kept, used)
  }

  function lines(max: number): readonly string[] {
    const bytes = kept.subarray(0, used)
    if (bytes.includes(0)) return []
    const all = bytes.toString('utf8').split('\n')
    // Its beginning is not there, and may be the middle of a character or of a colour.
    if (!isWhole && all.length > 1) all.shift()
    const shown = all.map(line => cleanLine(lastWritten(stripVTControlCharacters(line)), MAX_LINE))
    return shown.filter(line => line !== '').slice(-max)
  }
}

const NEWLINE = 0x0a
const LINE_BREAK = Buffer.from('\n')

/** A bar begins its line anew with a carriage return; the last one that is not empty is what stands there. */
function lastWritten(line: string): string {
  return line.split('\r').findLast(part => part.trim() !== '') ?? ''
}
