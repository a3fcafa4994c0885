import { cleanLine } from '../../core/clean-text.ts'
import { checkHmacHeader } from '../../core/hmac.ts'
import type { RawRequest } from '../../core/notification.ts'
import { peekLine, peekString, type JsonRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { decodeBody, parseJsonObject, type WebhookBody } from '../../core/webhook-body.ts'
import type { ParseResult, Verdict } from '../provider.ts'
import { SIGNATURE } from './signature.ts'

export function verify(request: RawRequest, secrets: readonly string[]): Verdict {
  return checkHmacHeader(SIGNATURE, request, secrets)
}

/** The event's id is the key: another attempt at its delivery raises `attempt_number` and keeps the id. */
export function parse(request: RawRequest, resource: Resource): ParseResult {
  const body = readEvent(request.body)
  if (!body.ok) return body
  const key = peekString(body.value, 'id')
  if (!ID.test(key)) return malformed('the event has no "id" of 1 to 200 visible ASCII characters')
  const kind = peekString(body.value, 'type')
  if (!KIND.test(kind)) return malformed('the event has no "type" as page.created')
  return checkWorkspace(body.value, resource) ?? { ok: true, items: [{ key, kind }] }
}

/** Notion sends UTF-8 JSON, one event at a time. Never throws. */
export function readEvent(body: Uint8Array): WebhookBody {
  const text = decodeBody(body)
  return text === null ? { ok: false, detail: 'the body is not UTF-8' } : parseJsonObject(text, 'the body')
}

const ID = /^[!-~]{1,200}$/
const KIND = /^[a-z][a-z0-9_]{0,40}(\.[a-z0-9_]{1,60}){0,3}$/

function checkWorkspace(event: JsonRecord, resource: Resource): ParseResult | null {
  const wanted = resource.settings['workspace'] ?? ''
  const found = peekLine(event, 'workspace_id')
  if (wanted === '' || bare(wanted) === bare(found)) return null
  const of = found === '' ? 'no workspace' : `the workspace ${found}`
  return malformed(`it is of ${of}; this resource takes only ${cleanLine(wanted, 120)} (its setting "workspace")`)
}

/** Notion writes the same id with dashes and without. */
function bare(id: string): string {
  return id.toLowerCase().replaceAll('-', '')
}

function malformed(detail: string): ParseResult {
  return { ok: false, detail }
}
