import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { EcError } from '../../core/errors.ts'

/**
 * The headers as single strings, names in lower case, joined as Node joins them. A header that proves something must
 * come once: two of them joined could pass where neither does, and which one a proxy looked at is anybody's guess.
 */
export function plainHeaders({ headers, rawHeaders }: IncomingMessage): Readonly<Record<string, string>> {
  if (Object.keys(headers).length * 2 !== rawHeaders.length) refuseTwoProofs(rawHeaders)
  return arePlain(headers) ? headers : dropLists(headers)
}

/** Only `Set-Cookie`, which no request should have, is a list. */
function arePlain(headers: IncomingHttpHeaders): headers is Record<string, string> {
  return headers['set-cookie'] === undefined
}

function dropLists(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') plain[name] = value
  return plain
}

const PROOF = /signature|authorization|token|secret/

function refuseTwoProofs(rawHeaders: readonly string[]): void {
  const seen = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? ''
    if (!PROOF.test(name)) continue
    if (seen.has(name)) throw new EcError('EC_SIGNATURE_INVALID', `the header ${name} came more than once`)
    seen.add(name)
  }
}
