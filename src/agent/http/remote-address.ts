import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { plainAddress } from '../../core/address.ts'
import { createProxyGuard } from './trusted-proxies.ts'

/** More hops than any honest chain has; the rest is not looked at. */
const MAX_HOPS = 20

/**
 * Who sent a request: the peer of the socket, or, when that is a trusted proxy, the last address in `X-Forwarded-For`
 * that is none. Only for counting and logs, never a credential. '' on the operator's socket. `trusted` are addresses
 * and networks (`10.0.0.0/8`).
 */
export function createAddressReader(trusted: readonly string[]): (request: IncomingMessage) => string {
  const isTrusted = createProxyGuard(trusted)
  if (trusted.length === 0) return peerOf
  return function readAddress(request) {
    const peer = peerOf(request)
    const forwarded = request.headers['x-forwarded-for']
    if (typeof forwarded !== 'string' || !isTrusted(peer)) return peer
    let client = peer
    for (const hop of forwarded.split(',').slice(-MAX_HOPS).toReversed()) {
      const address = plainAddress(hop.trim())
      if (isIP(address) === 0) return client
      client = address
      if (!isTrusted(address)) return client
    }
    return client
  }
}

function peerOf(request: IncomingMessage): string {
  return plainAddress(request.socket.remoteAddress ?? '')
}
