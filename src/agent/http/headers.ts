import type { IncomingMessage } from 'node:http'
import { EcError } from '../../core/errors.ts'

/**
 * The headers as single strings, names in lower case, joined as Node joins them. A header that proves something must
 * come once: two of them joined could pass where neither does, and which one a proxy looked at is anybody's guess.
 */
export function plainHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  let names = 0
  for (const name in request.headers) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
    names += 1
  }
  if (names * 2 !== request.rawHeaders.length) refuseTwoProofs(request.rawHeaders)
  return headers
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
