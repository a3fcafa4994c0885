import { hash } from 'node:crypto'
import { checkHmacHeader, signHmacHeader } from '../../core/hmac.ts'
import type { RawRequest } from '../../core/notification.ts'
import { peekString } from '../../core/peek.ts'
import type { ParseResult, SignedRequest, Verdict } from '../provider.ts'
import { readPayload } from './payload.ts'

const SIGNATURE = { name: 'X-Cal-Signature-256', prefix: '' } as const
/** What Cal.com sends in the place of a signature when its webhook has no secret. */
const UNSIGNED = 'no-secret-provided'

export function verify(request: RawRequest, secrets: readonly string[]): Verdict {
  if (request.headers['x-cal-signature-256'] === UNSIGNED) {
    return {
      ok: false,
      code: 'EC_SIGNATURE_MISSING',
      detail:
        `header X-Cal-Signature-256 says "${UNSIGNED}": the webhook at Cal.com has no secret; ` +
        'enter the secret of this resource there',
    }
  }
  return checkHmacHeader(SIGNATURE, request, secrets)
}

/** As Cal.com signs: the raw body alone. */
export async function sign({ body }: RawRequest, secrets: readonly string[]): Promise<SignedRequest> {
  return { headers: signHmacHeader(SIGNATURE, body, secrets) }
}

/**
 * Cal.com sends neither a delivery id nor a time of sending, so the bytes themselves are the key: what is sent again,
 * or replayed by somebody, is the same notification.
 */
export function parse(request: RawRequest): ParseResult {
  const payload = readPayload(request.body, request.headers['content-type'])
  if (!payload.ok) return payload
  const trigger = peekString(payload.value, 'triggerEvent')
  const kind = TRIGGER.test(trigger) ? trigger : 'unknown'
  return { ok: true, items: [{ key: hash('sha256', request.body, 'hex'), kind }] }
}

/** A custom template may leave the trigger out, or put anything in its place. */
const TRIGGER = /^[A-Za-z][A-Za-z0-9_]{0,63}$/
