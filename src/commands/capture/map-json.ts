/** What stands at a place of a JSON text. */
export interface JsonPlace {
  readonly role: 'key' | 'string' | 'number'
  /** Keys and indexes from the root; of a key, where its object stands. */
  readonly path: readonly string[]
  /** The text of a string or key, or a number as it is written. */
  readonly text: string
}

interface Frame {
  readonly isObject: boolean
  index: number
  key: string
  atKey: boolean
}

/**
 * Replaces strings, keys and numbers of a valid JSON text where they stand; white space, order, and everything that
 * stays the same keep their very bytes, large numbers too.
 */
export function mapJson(json: string, change: (place: JsonPlace) => string): string {
  const open: Frame[] = []
  return json.replace(TOKEN, token => {
    const frame = open.at(-1)
    if (token === '{' || token === '[') {
      open.push({ isObject: token === '{', index: 0, key: '', atKey: token === '{' })
    } else if (token === '}' || token === ']') open.pop()
    else if (token === ':' && frame !== undefined) frame.atKey = false
    else if (token === ',' && frame !== undefined) {
      frame.index += 1
      frame.atKey = frame.isObject
    } else if (token.startsWith('"')) return mapString(token, frame)
    else if (NUMBER.test(token)) return change({ role: 'number', path: pathOf(open), text: token })
    return token
  })

  function mapString(token: string, frame: Frame | undefined): string {
    const text: string = JSON.parse(token)
    const isKey = frame?.atKey === true
    const path = isKey ? pathOf(open.slice(0, -1)) : pathOf(open)
    if (frame !== undefined && isKey) frame.key = text
    const changed = change({ role: isKey ? 'key' : 'string', path, text })
    return changed === text ? token : JSON.stringify(changed)
  }
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g
const NUMBER = /^-?\d/

function pathOf(frames: readonly Frame[]): readonly string[] {
  return frames.map(({ isObject, key, index }) => (isObject ? key : String(index)))
}
