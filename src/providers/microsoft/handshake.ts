import type { RawRequest } from '../../core/notification.ts'
import type { Challenge } from '../provider.ts'

const MAX_TOKEN_BYTES = 2048

/**
 * Graph asks each URL of a new subscription for a token back: decoded once, as it is, as text. Anything else, as JSON,
 * quotes or a token still encoded, and the subscription is not made. Since anybody may ask, a browser must never take
 * the answer for a page.
 */
export function answerValidation(request: RawRequest): Challenge | null {
  const token = readToken(request.url)
  if (token === null) return null
  const bytes = Buffer.byteLength(token)
  if (bytes === 0) return answer(400, 'the validation token is empty')
  if (bytes > MAX_TOKEN_BYTES) return answer(400, `the validation token is longer than ${MAX_TOKEN_BYTES} bytes`)
  return answer(200, token)
}

/** A form's way of decoding, as Graph encodes: `+` is a space. Never throws. */
function readToken(url: string): string | null {
  const at = url.indexOf('?')
  return at === -1 ? null : new URLSearchParams(url.slice(at + 1)).get('validationToken')
}

function answer(status: number, body: string): Challenge {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
  return { answer: { status, headers, body } }
}
