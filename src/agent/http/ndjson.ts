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

/**
 * Reads at most `maxLines` lines; one bad line does not harm its neighbours and is named by its number in the body.
 * `EC_EVENT_INVALID` for more lines.
 */
export function readNdjson(text: string, maxLines: number, maxDepth: number): Ndjson {
  const lines: NdjsonLine[] = []
  let start = 0
  let number = 0
  while (start < text.length) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    const line = text.slice(start, end).trim()
    start = end + 1
    number += 1
    if (line === '') continue
    if (lines.length === maxLines) {
      const errors = [{ path: '', message: `takes at most ${maxLines} events at once` }]
      throw new EcError('EC_EVENT_INVALID', `the batch takes at most ${maxLines} events`, { details: { errors } })
    }
    lines.push(readLine(line, number, maxDepth))
  }
  return new Ndjson(lines)
}

function readLine(line: string, number: number, maxDepth: number): NdjsonLine {
  try {
    return { value: parseJson(line, maxDepth) }
  } catch (thrown) {
    const error = toEcError(thrown)
    const { column } = error.details
    const what = typeof column === 'number' ? `is not JSON, at column ${column}` : `is not taken: ${error.message}`
    return { error: new EcError(error.code, `line ${number} ${what}`, { hint: 'send one JSON document a line' }) }
  }
}
