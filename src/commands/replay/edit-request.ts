import { EcError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { decodeBody, isForm } from '../../core/webhook-body.ts'

/** What `--set` asks for: another value at a place of the request. */
export interface Edit {
  /** As it stands on the command line, for messages. */
  readonly text: string
  readonly root: 'body' | 'headers'
  readonly path: readonly string[]
  readonly value: string
}

interface Editable {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Reads `body.path.to=value` or `headers.name=value`; `EC_USAGE` for anything else. */
export function readEdit(text: string): Edit {
  const at = text.indexOf('=')
  const [root, ...path] = text.slice(0, Math.max(at, 0)).split('.')
  if (root === 'headers' && path.length > 0 && path.every(Boolean)) {
    return { text, root, path: [path.join('.').toLowerCase()], value: text.slice(at + 1) }
  }
  if (root === 'body' && path.length > 0 && path.every(Boolean)) return { text, root, path, value: text.slice(at + 1) }
  throw new EcError('EC_USAGE', `--set ${text}: takes body.PATH=VALUE or headers.NAME=VALUE`, {
    hint: 'as --set body.payload.title="Lunch", or --set headers.x-github-event=ping',
  })
}

/**
 * The request with the edits made. A value is JSON if it parses, else text; headers take it as text. Of a form the first
 * word of the path is the field, and the rest leads into the JSON in it. `EC_USAGE` where a path cannot lead.
 */
export function editRequest<Request extends Editable>(request: Request, edits: readonly Edit[]): Request {
  return edits.reduce((edited, edit) => {
    if (edit.root === 'body') return { ...edited, body: editBody(edited, edit) }
    return { ...edited, headers: { ...edited.headers, [edit.path[0] ?? '']: edit.value } }
  }, request)
}

function editBody({ headers, body }: Editable, edit: Edit): Uint8Array {
  const text = decodeBody(body)
  if (text === null) throw cannot(edit, 'the body is no text')
  if (!isForm(headers['content-type'])) return Buffer.from(editJson(text, edit.path, edit))
  const form = new URLSearchParams(text)
  const [field = '', ...rest] = edit.path
  form.set(field, rest.length === 0 ? edit.value : editJson(form.get(field) ?? '{}', rest, edit))
  return Buffer.from(form.toString())
}

function editJson(text: string, path: readonly string[], edit: Edit): string {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    throw cannot(edit, 'the body is not JSON')
  }
  return JSON.stringify(put(value, path, edit))
}

/** A copy with the value at the path; objects that lack on the way are made. */
function put(at: Json | undefined, [key, ...rest]: readonly string[], edit: Edit): Json {
  if (key === undefined) return jsonOrText(edit.value)
  if (at === undefined) return { [key]: put(undefined, rest, edit) }
  if (isList(at)) {
    const index = /^\d+$/.test(key) ? Number(key) : -1
    if (index < 0 || index > at.length) throw cannot(edit, `${key} is no place of a list of ${at.length}`)
    return at.toSpliced(index, 1, put(at[index], rest, edit))
  }
  if (typeof at !== 'object' || at === null) throw cannot(edit, `${key} would stand in what is no object`)
  return { ...at, [key]: put(Object.hasOwn(at, key) ? at[key] : undefined, rest, edit) }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function jsonOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

function cannot(edit: Edit, why: string): EcError {
  return new EcError('EC_USAGE', `--set ${edit.text}: ${why}`, { hint: 'look at the request with --dry-run' })
}
