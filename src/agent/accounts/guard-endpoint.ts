import { EcError } from '../../core/errors.ts'
import { isLoopback } from '../../core/judge-endpoints.ts'

/**
 * Whether a token may go to this URL: to the service itself, to this machine, or to an origin that the operator allowed.
 * Beyond this machine by https alone. Pure.
 */
export function mayCarryToken(url: URL, hosts: readonly string[], allowed: readonly string[]): boolean {
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return true
  if (url.protocol !== 'https:') return false
  if (isLoopback(url.hostname)) return true
  const isOwn = hosts.some(host => (host.startsWith('.') ? url.hostname.endsWith(host) : url.hostname === host))
  // On another port another program may listen.
  if (isOwn && url.port === '') return true
  return allowed.some(one => URL.canParse(one) && new URL(one).origin === url.origin)
}

/** `EC_ENDPOINT_FORBIDDEN` for any other; of the URL only what cannot hold a secret is told. */
export function guardEndpoint(url: URL, hosts: readonly string[], allowed: readonly string[]): void {
  if (mayCarryToken(url, hosts, allowed)) return
  throw new EcError('EC_ENDPOINT_FORBIDDEN', `${url.origin} is neither the service nor this machine`, {
    hint: `unset the endpoint, or start the agent with --allow-endpoint ${url.origin}`,
    details: { origin: url.origin },
  })
}
