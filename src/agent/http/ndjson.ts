import { toEcError, EcError } from '../../core/errors.ts'
import { parseJson } from './json-text.ts'

/** One line of an NDJSON body: a value, or why it is none. */
export type NdjsonLine = { readonly value: unknown } | { readonly error: EcError }

/** A body of one JSON document a line; blank lines do not count. */
export class Ndjson {
  readonly lines: readonly NdjsonLine[]

  constructor(lines: readonly NdjsonLine[]) {
    this.lines = lines
  }
}

/** Reads at most `maxLines` lines; one bad line does not harm its neighbours. `EC_EVENT_INVALID` for more lines. */
export function readNdjson(text: string, maxLines: number, maxDepth: number): Ndjson {
  const lines: NdjsonLine[] = []
  let start = 0
  while (start < text.length) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    const line = text.slice(start, end).trim()
    start = end + 1
    if (line === '') continue
    if (lines.length === maxLines) throw new EcError('EC_EVENT_INVALID', `takes at most ${maxLines} events at once`)
    lines.push(readLine(line, maxDepth))
  }
  return new Ndjson(lines)
}

function readLine(line: string, maxDepth: number): NdjsonLine {
  try {
    return { value: parseJson(line, maxDepth) }
  } catch (thrown) {
    return { error: toEcError(thrown) }
  }
}
