import { once } from 'node:events'
import type { Readable } from 'node:stream'

/** Reads a pipe line by line, and leaves in it what nobody has asked for yet; null at its end. */
export function createLineReader(input: Readable): (signal: AbortSignal) => Promise<string | null> {
  let left = ''
  return async function readLine(signal) {
    for (;;) {
      const end = left.indexOf('\n')
      if (end >= 0) {
        const line = left.slice(0, end)
        left = left.slice(end + 1)
        return line.replace(/\r$/, '')
      }
      const chunk: unknown = input.read()
      if (chunk !== null) left += String(chunk)
      else if (input.readableEnded) return takeRest()
      else await Promise.race([once(input, 'readable', { signal }), once(input, 'end', { signal })])
    }
  }

  function takeRest(): string | null {
    const rest = left
    left = ''
    return rest === '' ? null : rest
  }
}
