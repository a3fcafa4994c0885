import { checkHmacHeader } from '../../core/hmac.ts'
import type { RawRequest } from '../../core/notification.ts'
import { peekString } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { decodeBody, parseJsonObject } from '../../core/webhook-body.ts'
import { HANDSHAKE_WINDOW_MS, type Challenge, type ChallengeRefusal } from '../provider.ts'
import { SIGNATURE } from './signature.ts'

/** A handshake is some 90 bytes; a larger body is not even looked into. */
const MAX_BYTES = 4096
/** Shorter ones could be guessed from one signed body. Notion's begin with `secret_`, which is not relied on. */
const TOKEN = /^[!-~]{8,512}$/

/**
 * Notion sends the token that it will sign with once, signed with itself. That proves nothing of who sent it, so it is
 * believed only while somebody is plausibly waiting for it: within 15 minutes of the making of a resource that has no
 * secret yet. Whoever would slip in a token of his own must know the URL and be first; the person then pastes a token
 * that Notion does not know, and sees that something is wrong.
 */
export function answerHandshake(
  request: RawRequest,
  resource: Resource,
  now: number,
): Challenge | ChallengeRefusal | null {
  const token = readToken(request.body)
  if (token === null) return null
  if (!TOKEN.test(token)) return { refused: 'the verification token is not 8 to 512 visible ASCII characters' }
  const verdict = checkHmacHeader(SIGNATURE, request, [token])
  if (!verdict.ok) return { refused: `the verification token is not signed with itself: ${verdict.detail}` }
  if (resource.hasSecret) return { refused: 'the resource has its secret already; a handshake is believed once' }
  if (resource.state !== 'starting') return { refused: `the resource is ${resource.state}, and no longer starting` }
  const ageMs = now - resource.createdAt
  if (ageMs > HANDSHAKE_WINDOW_MS) {
    const minutes = Math.floor(ageMs / 60_000).toLocaleString('en-US')
    return { refused: `it came ${minutes} minutes after the resource was added; it is believed within 15 minutes` }
  }
  return { answer: { status: 200, headers: {}, body: '' }, secret: token }
}

/** Null for anything but a handshake; an event has a `type`. */
function readToken(body: Uint8Array): string | null {
  if (body.byteLength > MAX_BYTES || !Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(FIELD)) {
    return null
  }
  const json = parseJsonObject(decodeBody(body) ?? '', 'the body')
  if (!json.ok || Object.hasOwn(json.value, 'type') || !Object.hasOwn(json.value, 'verification_token')) return null
  return peekString(json.value, 'verification_token')
}

const FIELD = 'verification_token'
