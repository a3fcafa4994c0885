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
  const pair = form.split('&').find(part => part.startsWith(`${name}=`))
  if (pair === undefined) return null
  try {
    return decodeURIComponent(pair.slice(name.length + 1).replaceAll('+', ' '))
  } catch {
    return null
  }
}
