import { createHash } from 'node:crypto'
import { toEcError } from '../../core/errors.ts'
import type { NotificationRecord, RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { Receiver, VerifyContext } from '../../providers/provider.ts'
import { reshapeBody } from './reshape.ts'

/** What is found when a refused request is judged again, with what the resource has today. Tells no secret. */
export interface Recheck {
  readonly bytes: number
  /** The first digits of the SHA-256 of the body. */
  readonly digest: string
  /** Quarantine keeps the beginning of a large body only: nothing can be verified then. */
  readonly cut: boolean
  readonly secrets: number
  /** Whether the proof is of the bytes of the body; else it is of the sender alone. */
  readonly coversBody: boolean
  /** Why it does not verify now; null = it does. */
  readonly refusal: string | null
  /** The same as of the instant at which it came. */
  readonly refusalThen: string | null
  /** False: the proof is a secret itself, and so was not kept with the request. */
  readonly proofKept: boolean
  /** Why it cannot be read; null = it can. */
  readonly malformed: string | null
  /** With what change the signature fits, when it fits with one. */
  readonly fit: Fit | null
}

export type Fit =
  | { readonly change: 'body'; readonly words: string }
  | { readonly change: 'secret'; readonly words: string }
  | { readonly change: 'header'; readonly header: string; readonly words: string }
  /** It verifies at the instant (ms) that a header of its own names. */
  | { readonly change: 'time'; readonly header: string; readonly at: number }

export interface RecheckInput {
  readonly record: NotificationRecord
  readonly resource: Resource
  readonly receiver: Receiver
  readonly secrets: readonly string[]
  readonly context: VerifyContext
  readonly now: number
  /** As much of a body as quarantine keeps. */
  readonly keptBytes: number
}

/** Verifies what is kept of a request again; null when its body is gone. */
export async function recheckRequest(input: RecheckInput): Promise<Recheck | null> {
  const { record, resource, receiver, secrets, context, now } = input
  if (record.body === null) return null
  const body: Uint8Array = record.body
  const headers = record.headers ?? {}
  const url = `/webhooks/${record.provider}/${record.resourceId}`
  const request: RawRequest = { method: 'POST', url, headers, body, remoteAddress: '' }
  const cut = record.state === 'quarantined' && body.byteLength >= input.keptBytes
  const verdict = await verdictOf(request, secrets, now)
  const refusal = verdict.detail
  const refusalThen = refusal === null ? null : await refusalOf(request, secrets, record.receivedAt)
  const proofKept = verdict.code !== 'EC_SIGNATURE_MISSING' || record.reason === 'EC_SIGNATURE_MISSING'
  const judged = cut || !proofKept || refusal === null || refusalThen === null
  const parsed = receiver.parse(request, resource, secrets)
  return {
    bytes: body.byteLength,
    digest: createHash('sha256').update(body).digest('hex').slice(0, 16),
    cut,
    secrets: secrets.length,
    coversBody: receiver.vouchesFor !== 'sender',
    refusal,
    refusalThen,
    proofKept,
    malformed: parsed.ok ? null : parsed.detail,
    fit: judged || receiver.proof === 'key' ? null : await findFit(),
  }

  async function refusalOf(changed: RawRequest, given: readonly string[], at: number): Promise<string | null> {
    return (await verdictOf(changed, given, at)).detail
  }

  async function verdictOf(changed: RawRequest, given: readonly string[], at: number) {
    if (given.length === 0 && receiver.proof !== 'key') return { code: null, detail: 'the resource has no secret' }
    try {
      const verdict = await receiver.verify(changed, given, resource, at, context)
      return verdict.ok ? { code: null, detail: null } : verdict
    } catch (thrown) {
      const { code, message } = toEcError(thrown)
      return { code, detail: message }
    }
  }

  async function fits(changed: RawRequest, given: readonly string[], at = record.receivedAt): Promise<boolean> {
    return (await refusalOf(changed, given, at)) === null
  }

  async function findFit(): Promise<Fit | null> {
    for (const [header, value] of Object.entries(headers)) {
      const at = readInstant(value)
      if (at !== null && (await fits(request, secrets, at))) return { change: 'time', header, at }
      for (const [words, change] of header.includes('signature') ? HEADER_SLIPS : []) {
        const changed = { ...request, headers: { ...headers, [header]: change(value) } }
        if (await fits(changed, secrets)) return { change: 'header', header, words }
      }
    }
    for (const [words, change] of SECRET_SLIPS) {
      if (await fits(request, secrets.map(change))) return { change: 'secret', words }
    }
    for (const shape of reshapeBody(body, headers['content-type'])) {
      if (await fits({ ...request, body: shape.body }, secrets)) return { change: 'body', words: shape.words }
    }
    return null
  }
}

/** How another implementation of the same writes a signature that is right. */
const HEADER_SLIPS: readonly (readonly [words: string, change: (value: string) => string])[] = [
  ['in lower case', value => value.toLowerCase()],
  ['with "sha256=" before it', value => `sha256=${value}`],
  ['without "sha256=" before it', value => value.replace(/^sha256=/i, '')],
  ['in hex, not in base64', value => hexOf(value)],
  ['in hex, not in base64, with "sha256=" before it', value => `sha256=${hexOf(value)}`],
  ['with "v1," before it', value => `v1,${value}`],
]

function hexOf(value: string): string {
  return Buffer.from(value.replace(/^sha256=/i, ''), 'base64').toString('hex')
}

/** What happens to a secret between two forms that it is typed into. */
const SECRET_SLIPS: readonly (readonly [words: string, change: (secret: string) => string])[] = [
  ['with a line feed at its end', secret => `${secret}\n`],
  ['with CR LF at its end', secret => `${secret}\r\n`],
  ['without the white space around it', secret => secret.trim()],
  ['in quotation marks', secret => `"${secret}"`],
]

/** Seconds or milliseconds since 1970, as signed headers tell the time. */
function readInstant(value: string): number | null {
  if (/^1\d{9}$/.test(value)) return Number(value) * 1000
  return /^1\d{12}$/.test(value) ? Number(value) : null
}
