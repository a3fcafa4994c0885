import { cleanLine, cleanText } from './clean-text.ts'

/** A JSON object of somebody else's, whose shape nobody has checked. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Longer names and titles are cut: they stand inside sentences. */
const MAX_LINE = 120
const MAX_EXCERPT = 500

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads what lies at a path of foreign JSON; undefined when the path leads nowhere. This and its kin below are total:
 * whatever the shape, they answer with a value of their type, never with an exception.
 */
export function peek(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const key of path) {
    if (!isRecord(current)) return undefined
    current = current[key]
  }
  return current
}

/** The string as it came, '' when there is none. For what is parsed further; for people take `peekLine`. */
export function peekString(value: unknown, ...path: readonly string[]): string {
  const found = peek(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** One clean line, '' when there is none. */
export function peekLine(value: unknown, ...path: readonly string[]): string {
  return cleanLine(peekString(value, ...path), MAX_LINE)
}

/** The beginning of a longer text, lines kept and HTML comments left out, '' when there is none. */
export function peekExcerpt(value: unknown, ...path: readonly string[]): string {
  const text = peekString(value, ...path).slice(0, 8 * MAX_EXCERPT)
  return cleanText(text.replace(HTML_COMMENT, ''), MAX_EXCERPT)
}

/** A safe integer, as ids and numbers are; null when there is none. */
export function peekInteger(value: unknown, ...path: readonly string[]): number | null {
  const found = peek(value, ...path)
  return typeof found === 'number' && Number.isSafeInteger(found) ? found : null
}

export function peekFlag(value: unknown, ...path: readonly string[]): boolean {
  return peek(value, ...path) === true
}

/** The elements of an array, none when there is no array. */
export function peekList(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = peek(value, ...path)
  return Array.isArray(found) ? found : []
}

const HTML_COMMENT = /<!--[\s\S]*?(?:-->|$)/g
