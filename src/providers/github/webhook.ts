import { cleanLine } from '../../core/clean-text.ts'
import { checkHmacHeader, signHmacHeader } from '../../core/hmac.ts'
import { isSurelyJsonObject } from '../../core/json-scan.ts'
import type { RawRequest } from '../../core/notification.ts'
import { peekLine } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { isForm, type WebhookBody } from '../../core/webhook-body.ts'
import type { ParseResult, SignedRequest, Verdict } from '../provider.ts'
import { readPayload } from './payload.ts'

const SIGNATURE = { name: 'X-Hub-Signature-256', prefix: 'sha256=' } as const

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export function verify(request: RawRequest, secrets: readonly string[]): Verdict {
  const { headers } = request
  if (headers['x-hub-signature-256'] === undefined && headers['x-hub-signature'] !== undefined) {
    return {
      ok: false,
      code: 'EC_SIGNATURE_MISSING',
      detail:
        'only header X-Hub-Signature (HMAC-SHA1) is there, which is not taken; expected is X-Hub-Signature-256, ' +
        'which GitHub sends beside it',
    }
  }
  return checkHmacHeader(SIGNATURE, request, secrets)
}

/** As GitHub signs: the raw body alone. */
export async function sign({ body }: RawRequest, secrets: readonly string[]): Promise<SignedRequest> {
  return { headers: signHmacHeader(SIGNATURE, body, secrets) }
}

/**
 * The delivery's GUID is its key: a redelivery carries the same one. Event and GUID stand in headers that the signature
 * does not cover; the body decides what is done.
 */
export function parse(request: RawRequest, resource: Resource): ParseResult {
  const { headers, body } = request
  const kind = headers['x-github-event']
  if (kind === undefined) return malformed('header X-GitHub-Event is missing')
  if (!EVENT_NAME.test(kind)) return malformed('header X-GitHub-Event should be a word as "push" or "pull_request"')
  const delivery = headers['x-github-delivery']
  if (delivery === undefined) return malformed('header X-GitHub-Delivery is missing')
  if (!DELIVERY.test(delivery)) {
    return malformed('header X-GitHub-Delivery should be one id, as 72d3162e-cc78-11e3-81ab-4c9367dc0958')
  }
  const item = { key: GUID.test(delivery) ? delivery.toLowerCase() : delivery, kind }
  const wanted = resource.settings['repository'] ?? ''
  // Which repository it is of is all that would be looked at now.
  if (wanted === '' && !isForm(headers['content-type']) && isSurelyJsonObject(body)) return { ok: true, items: [item] }
  const payload = readPayload(body, headers['content-type'])
  if (!payload.ok) return payload
  return checkRepository(payload, wanted) ?? { ok: true, items: [item] }
}

/** Another delivery of the same: GitHub's key is the GUID. */
export function renew(request: RawRequest, uuid: string): RawRequest {
  return { ...request, headers: { ...request.headers, 'x-github-delivery': uuid } }
}

const EVENT_NAME = /^[a-z][a-z0-9_]{0,63}$/
/** GitHub sends GUIDs; what speaks its protocol (forges, relays, scripts) may send ids of another form. */
const DELIVERY = /^[A-Za-z0-9._:-]{1,128}$/
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A delivery of no repository at all, as the ping of an organisation's hook, is not of another one. */
function checkRepository(payload: WebhookBody & { readonly ok: true }, wanted: string): ParseResult | null {
  if (wanted === '') return null
  const found = peekLine(payload.value, 'repository', 'full_name')
  if (found === '' || found.toLowerCase() === wanted.toLowerCase()) return null
  return malformed(
    `it is of the repository ${found}; this resource takes only ${cleanLine(wanted, 120)} (its setting "repository")`,
  )
}

function malformed(detail: string): ParseResult {
  return { ok: false, detail }
}
