import { EcError } from '../../core/errors.ts'
import { isRecord, type JsonRecord } from '../../core/peek.ts'

/** `event.summary=Dentist` and its like as one object; a value that is JSON is taken as such. `EC_USAGE` without `=`. */
export function readSet(pairs: readonly string[]): JsonRecord {
  return pairs.reduce<JsonRecord>((whole, pair) => {
    const at = pair.indexOf('=')
    if (at <= 0) {
      throw new EcError('EC_USAGE', `--set takes key=value, not "${pair}"`, { hint: '--set event.summary=Dentist' })
    }
    return put(whole, pair.slice(0, at).split('.'), readValue(pair.slice(at + 1)))
  }, {})
}

function put(into: JsonRecord, [key = '', ...rest]: readonly string[], value: unknown): JsonRecord {
  if (rest.length === 0) return { ...into, [key]: value }
  const inner = into[key]
  return { ...into, [key]: put(isRecord(inner) ? inner : {}, rest, value) }
}

function readValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    // An id of digits may be more than a number holds.
    return typeof value === 'number' && String(value) !== text ? text : value
  } catch {
    return text
  }
}
