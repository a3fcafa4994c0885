import { decodeBody, isForm, parseJsonObject, type WebhookBody } from '../../core/webhook-body.ts'

/**
 * Reads what Cal.com posts. A custom template that is no JSON before it is filled in is sent as a form, whatever comes
 * out of it: JSON after all, real form fields, or plain text. So a form in UTF-8 is never malformed. Never throws.
 */
export function readPayload(body: Uint8Array, contentType: string | undefined): WebhookBody {
  const text = decodeBody(body)
  if (text === null) return { ok: false, detail: 'the body is not UTF-8' }
  if (!isForm(contentType)) return parseJsonObject(text, 'the body')
  const json = parseJsonObject(text, 'the body')
  return json.ok ? json : { ok: true, value: readFields(text) }
}

function readFields(form: string): Readonly<Record<string, unknown>> {
  const fields = Object.fromEntries(new URLSearchParams(form))
  const payload = parseJsonObject(fields['payload'] ?? '', 'the form field "payload"')
  return payload.ok ? { ...fields, payload: payload.value } : fields
}
