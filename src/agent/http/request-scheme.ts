import type { IncomingMessage } from 'node:http'
import { plainAddress } from '../../core/address.ts'
import { createProxyGuard } from './trusted-proxies.ts'

/**
 * How a browser came to us, as far as is known: the agent itself speaks http, and a trusted proxy says by
 * `X-Forwarded-Proto` what was spoken with it. The first entry is that of the proxy that the browser spoke with.
 */
export function createSchemeReader(trusted: readonly string[]): (request: IncomingMessage) => 'http' | 'https' {
  const isTrusted = createProxyGuard(trusted)
  return function readScheme(request) {
    const forwarded = request.headers['x-forwarded-proto']
    if (typeof forwarded !== 'string' || !isTrusted(plainAddress(request.socket.remoteAddress ?? ''))) return 'http'
    return forwarded.split(',', 1)[0]?.trim().toLowerCase() === 'https' ? 'https' : 'http'
  }
}
