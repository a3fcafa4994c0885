import { decodeProtectedHeader } from 'jose'
import { cleanLine } from '../../core/clean-text.ts'
import type { Verdict } from '../provider.ts'

/** A token that has the form of one; nothing of it is proved yet. */
interface Bearer {
  readonly ok: true
  readonly token: string
  /** The key that it says it is signed with. */
  readonly kid: string
}

type Refusal = Extract<Verdict, { readonly ok: false }>

/** Google's tokens have about 1,200 characters. */
const MAX_TOKEN = 8 * 1024
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i
const KEY_ID = /^[\x21-\x7e]{1,256}$/

/** Reads the header in which Pub/Sub sends its token. */
export function readBearer(header: string | undefined): Bearer | Refusal {
  if (header === undefined) {
    return {
      ok: false,
      code: 'EC_SIGNATURE_MISSING',
      detail: 'header Authorization is missing; switch authentication on for the push subscription at Pub/Sub',
    }
  }
  if (header.length > MAX_TOKEN) return invalid(`header Authorization has ${header.length} characters, too many`)
  const token = BEARER.exec(header)?.[1]
  if (token === undefined) return invalid('header Authorization should be "Bearer" and a token of three parts')
  const { alg, kid } = readHead(token)
  if (alg !== 'RS256') return invalid(`the token is signed by ${shown(alg)}; Google signs by RS256`)
  if (typeof kid !== 'string' || !KEY_ID.test(kid)) return invalid('the token does not name its key')
  return { ok: true, token, kid }
}

function readHead(token: string): { readonly alg?: unknown; readonly kid?: unknown } {
  try {
    return decodeProtectedHeader(token)
  } catch {
    return {}
  }
}

function shown(alg: unknown): string {
  return typeof alg === 'string' && alg !== '' ? cleanLine(alg, 20) : 'nothing that it names'
}

function invalid(detail: string): Refusal {
  return { ok: false, code: 'EC_SIGNATURE_INVALID', detail }
}
