import { decodeBody, isForm } from '../../core/webhook-body.ts'

/** The same content in other bytes, as something on the way may have had it before. */
export interface Reshaped {
  /** What the body would be: `the same JSON without white space`. */
  readonly words: string
  readonly body: Uint8Array
}

/**
 * What a sender may have signed before a proxy or framework parsed the body and wrote it anew. Pure; a body that is no
 * text has none.
 */
export function reshapeBody(body: Uint8Array, contentType: string | undefined): readonly Reshaped[] {
  const text = decodeBody(body)
  if (text === null) return []
  const shapes = [...reshapeLines(text), ...reshapeJson(text), ...reshapeForm(text, contentType)]
  const seen = new Set([Buffer.from(body).toString('latin1')])
  return shapes.flatMap(([words, shape]) => {
    const bytes = Buffer.from(shape)
    const known = seen.has(bytes.toString('latin1'))
    seen.add(bytes.toString('latin1'))
    return known ? [] : [{ words, body: bytes }]
  })
}

type Shape = readonly [words: string, text: string]

function reshapeLines(text: string): readonly Shape[] {
  return [
    ['the body without the line feed at its end', text.replace(/\r?\n$/, '')],
    ['the body with a line feed at its end', `${text}\n`],
    ['the body with CR LF at its end', `${text}\r\n`],
    ['the body with LF for every CR LF', text.replaceAll('\r\n', '\n')],
    ['the body with CR LF for every LF', text.replace(/\r?\n/g, '\r\n')],
    ['the body with a byte order mark before it', `\ufeff${text}`],
    ['the body without white space around it', text.trim()],
  ]
}

function reshapeJson(text: string): readonly Shape[] {
  const value = parse(text)
  if (typeof value !== 'object' || value === null) return []
  const sorted = sortKeys(value)
  const styles: readonly Shape[] = [
    ['the same JSON without white space', JSON.stringify(value)],
    ['the same JSON indented by two spaces', JSON.stringify(value, null, 2)],
    ['the same JSON indented by four spaces', JSON.stringify(value, null, 4)],
    ['the same JSON indented by tabs', JSON.stringify(value, null, '\t')],
    ['the same JSON with a space after each comma and colon', spaced(value)],
    ['the same JSON with its keys sorted', JSON.stringify(sorted)],
    ['the same JSON with its keys sorted, indented by two spaces', JSON.stringify(sorted, null, 2)],
    ['the same JSON with its keys sorted, with a space after each comma and colon', spaced(sorted)],
  ]
  return styles.flatMap(([words, json]): readonly Shape[] => [
    [words, json],
    [`${words}, and a line feed at its end`, `${json}\n`],
    [`${words}, with \\u escapes for all but ASCII`, ascii(json)],
    [`${words}, with escaped slashes`, json.replaceAll('/', '\\/')],
    [`${words}, with escaped slashes and \\u escapes`, ascii(json.replaceAll('/', '\\/'))],
    [`${words}, with \\u escapes for < > &`, json.replace(/[<>&]/g, escapeOf)],
  ])
}

function reshapeForm(text: string, contentType: string | undefined): readonly Shape[] {
  if (isForm(contentType)) {
    const fields = new URLSearchParams(text)
    const payload = fields.get('payload')
    const json = JSON.stringify(Object.fromEntries(fields))
    return [
      ...(payload === null ? [] : ([['the JSON in the field payload of the form', payload]] as const)),
      ['the fields of the form as JSON', json],
      ['the form written anew', fields.toString()],
    ]
  }
  if (parse(text) === undefined) return []
  return [['a form with the body in its field payload', new URLSearchParams({ payload: text }).toString()]]
}

/** As Python's `json.dumps` writes it. JSON text holds no line feed inside a string. */
function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/,\n */g, ', ').replace(/\n */g, '')
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, escapeOf)
}

function escapeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
