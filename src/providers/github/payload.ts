import { decodeBody, isForm, parseJsonObject, type WebhookBody } from '../../core/webhook-body.ts'

/** Reads the payload of a delivery: the body itself, or its form field `payload`. Never throws. */
export function readPayload(body: Uint8Array, contentType: string | undefined): WebhookBody {
  const text = decodeBody(body)
  if (text === null) return { ok: false, detail: 'the body is not UTF-8' }
  if (!isForm(contentType)) return parseJsonObject(text, 'the body')
  const field = readField(text, 'payload')
  if (field === null) return { ok: false, detail: 'the body is a form without a readable field "payload"' }
  return parseJsonObject(field, 'the form field "payload"')
}

/** Unlike URLSearchParams this refuses what does not decode to UTF-8 instead of replacing it. */
function readField(form: string, name: string): string | null {
  const found = `&${form}`.indexOf(`&${name}=`)
  if (found === -1) return null
  const start = found + name.length + 1
  const end = form.indexOf('&', start)
  const value = form.slice(start, end === -1 ? undefined : end)
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return null
  }
}
