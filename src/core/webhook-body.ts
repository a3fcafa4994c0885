import { isRecord, type JsonRecord } from './peek.ts'

export type WebhookBody =
  { readonly ok: true; readonly value: JsonRecord } | { readonly ok: false; readonly detail: string }

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** The text of a body, null when it is not UTF-8. */
export function decodeBody(body: Uint8Array): string | null {
  try {
    return UTF8.decode(body)
  } catch {
    return null
  }
}

/** Whether the header says that the body is a form, whatever parameters follow. */
export function isForm(contentType: string | undefined): boolean {
  return contentType !== undefined && FORM.test(contentType)
}

/** A body with its JSON object changed, written without white space; as it is when it is no JSON object. */
export function changeJsonObject(body: Uint8Array, change: (value: JsonRecord) => JsonRecord): Uint8Array {
  const text = decodeBody(body)
  const parsed = text === null ? null : parseJsonObject(text, 'the body')
  if (!parsed?.ok) return body
  const changed = change(parsed.value)
  return changed === parsed.value ? body : Buffer.from(JSON.stringify(changed))
}

/** Parses a body that must be one JSON object. `what` names it in the refusal: `the body`. Never throws. */
export function parseJsonObject(text: string, what: string): WebhookBody {
  if (text === '') return { ok: false, detail: `${what} is empty; expected is a JSON object` }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold anything.
    return { ok: false, detail: `${what} is not JSON` }
  }
  if (isRecord(value)) return { ok: true, value }
  const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`
  return { ok: false, detail: `${what} is ${found}; expected is a JSON object` }
}

const FORM = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i
