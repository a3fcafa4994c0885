import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { EcError } from './errors.ts'
import type { RawRequest } from './notification.ts'

/** The header in which a service sends the HMAC-SHA256 of the raw body: a prefix and 64 lower-case hex digits. */
export interface HmacHeader {
  /** As the service documents it: `X-Hub-Signature-256`. */
  readonly name: string
  /** What stands before the digits: `sha256=`, or ''. */
  readonly prefix: string
}

type HmacVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly code: 'EC_SIGNATURE_MISSING' | 'EC_SIGNATURE_INVALID'
      /** What was looked at, expected and found. Never a secret, and never the right signature: that would sign for a forger. */
      readonly detail: string
    }

/**
 * Whether `digest` is the HMAC-SHA256 of these very bytes under one of the secrets. A comparison takes the same time
 * wherever the bytes differ. An empty secret matches nothing, since anybody can sign with it.
 */
export function isHmacSha256(digest: Uint8Array, body: Uint8Array, secrets: readonly string[]): boolean {
  return secrets.some(secret => {
    if (secret === '') return false
    const right = hmacSha256(secret, body)
    return right.byteLength === digest.byteLength && timingSafeEqual(right, digest)
  })
}

/** Larger bodies are hashed where they are; smaller ones beside the key, in one call. */
const ONE_SHOT_BYTES = 16 * 1024
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/**
 * RFC 2104, from two one-shot hashes: `createHmac` makes two objects for each request, which on Node 24 takes four times
 * as long as the hashing itself. The secret's two padded blocks are kept, as the secret itself is.
 */
function hmacSha256(secret: string, body: Uint8Array): Buffer {
  if (body.byteLength > ONE_SHOT_BYTES) return createHmac('sha256', secret).update(body).digest()
  const { inner, outer } = padsOf(secret)
  inner.set(body, BLOCK_BYTES)
  outer.set(hash('sha256', inner.subarray(0, BLOCK_BYTES + body.byteLength), 'buffer'), BLOCK_BYTES)
  return hash('sha256', outer, 'buffer')
}

interface Pads {
  /** The inner block and room for a body behind it. */
  readonly inner: Buffer
  /** The outer block and room for the inner digest. */
  readonly outer: Buffer
}

const pads = new LRUCache<string, Pads>({ max: 64 })

function padsOf(secret: string): Pads {
  const known = pads.get(secret)
  if (known) return known
  const bytes = Buffer.from(secret)
  const key = bytes.byteLength > BLOCK_BYTES ? hash('sha256', bytes, 'buffer') : bytes
  const inner = Buffer.alloc(BLOCK_BYTES + ONE_SHOT_BYTES, 0x36)
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c)
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  const made = { inner, outer }
  pads.set(secret, made)
  return made
}

/** Checks the signature header of a request against its raw body. Several secrets = one is being replaced. */
export function checkHmacHeader(header: HmacHeader, request: RawRequest, secrets: readonly string[]): HmacVerdict {
  const value = request.headers[header.name.toLowerCase()]
  if (value === undefined) {
    return refuse('EC_SIGNATURE_MISSING', `header ${header.name} is missing; expected is ${form(header)}`)
  }
  const digits = value.startsWith(header.prefix) ? value.slice(header.prefix.length) : null
  if (digits === null || !DIGEST.test(digits)) {
    const found = whatIsWrong(header, value, digits)
    return refuse('EC_SIGNATURE_INVALID', `header ${header.name} should be ${form(header)}; ${found}`)
  }
  if (isHmacSha256(Buffer.from(digits, 'hex'), request.body, secrets)) return VALID
  const bytes = request.body.byteLength.toLocaleString('en-US')
  const under = secrets.length === 1 ? 'the secret of the resource' : `any of the ${secrets.length} secrets`
  return refuse(
    'EC_SIGNATURE_INVALID',
    `header ${header.name} is there, but is not the HMAC-SHA256 of the ${bytes} bytes received under ${under}`,
  )
}

/** The header that such a service sets for this body, under its lower-case name. Signed with the newest secret. */
export function signHmacHeader(
  header: HmacHeader,
  body: Uint8Array,
  [secret]: readonly string[],
): Readonly<Record<string, string>> {
  if (secret === undefined || secret === '') {
    throw new EcError('EC_SECRET_MISSING', 'there is no secret to sign with')
  }
  const digits = createHmac('sha256', secret).update(body).digest('hex')
  return { [header.name.toLowerCase()]: header.prefix + digits }
}

const DIGEST = /^[0-9a-f]{64}$/
const VALID: HmacVerdict = { ok: true }

function form(header: HmacHeader): string {
  return header.prefix === '' ? '64 lower-case hex digits' : `"${header.prefix}" and 64 lower-case hex digits`
}

function whatIsWrong(header: HmacHeader, value: string, digits: string | null): string {
  if (value === '') return 'it is empty'
  if (digits === null) return `it has ${value.length} characters and does not begin with "${header.prefix}"`
  const after = header.prefix === '' ? '' : ` after "${header.prefix}"`
  if (digits.length !== 64) return `it has ${digits.length} characters${after}`
  return `the 64 characters${after} are not all lower-case hex digits`
}

function refuse(code: 'EC_SIGNATURE_MISSING' | 'EC_SIGNATURE_INVALID', detail: string): HmacVerdict {
  return { ok: false, code, detail }
}
