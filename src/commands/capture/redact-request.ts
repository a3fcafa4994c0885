import { isRecord } from '../../core/peek.ts'
import { decodeBody, isForm } from '../../core/webhook-body.ts'
import { Redactor } from './redactor.ts'

export interface CapturedRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly settings: Readonly<Record<string, string>>
}

export interface RedactedRequest extends CapturedRequest {
  /** How many values were replaced. */
  readonly replaced: number
  /** False: the body is no text, and nothing in it could be looked for. */
  readonly readable: boolean
}

/** A request without secrets and people, in the same form. `keep` names what stays: `body.sender.login`. Pure. */
export function redactRequest(captured: CapturedRequest, keep: readonly string[]): RedactedRequest {
  const redactor = new Redactor(keep)
  const text = decodeBody(captured.body)
  const form = text !== null && isForm(captured.headers['content-type']) ? new URLSearchParams(text) : null
  learnBody()
  for (const part of ['headers', 'settings'] as const) redactor.learn(captured[part], [part])
  const body = text === null ? captured.body : Buffer.from(redactBody(text))
  const headers = redactRecord(captured.headers, 'headers')
  const settings = redactRecord(captured.settings, 'settings')
  return { headers, settings, body, replaced: redactor.replaced, readable: text !== null }

  function learnBody(): void {
    if (form !== null) {
      for (const [name, value] of form) redactor.learn(parse(value) ?? value, ['body', name])
    } else if (text !== null) redactor.learn(parse(text) ?? text, ['body'])
  }

  function redactBody(whole: string): string {
    if (form === null) return parse(whole) === null ? redactor.text(whole) : redactor.json(whole, ['body'])
    const fields = [...form].map(([name, value]): [string, string] => [
      name,
      parse(value) === null ? redactor.text(value, ['body', name]) : redactor.json(value, ['body', name]),
    ])
    return new URLSearchParams(fields).toString()
  }

  function redactRecord(record: Readonly<Record<string, string>>, root: string): Record<string, string> {
    return Object.fromEntries(Object.entries(record).map(([name, text]) => [name, redactor.text(text, [root, name])]))
  }
}

/** An object or array; null for every other text. */
function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) || Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
