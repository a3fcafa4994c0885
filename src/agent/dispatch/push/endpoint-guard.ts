import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from '../../../core/public-address.ts'
import { createGuardedLookup, type Resolve } from '../guard/guarded-lookup.ts'

/**
 * Keeps pushes on their way to push services. An endpoint comes from a browser, that is from anyone: without this, the
 * agent would send requests wherever somebody likes, into its own network too.
 */
export interface EndpointGuard {
  judge(endpoint: string): EndpointVerdict
  /** For the socket: judges the addresses behind the name at the moment of the connection. */
  readonly lookup: LookupFunction
}

export type EndpointVerdict =
  | { readonly ok: true; readonly url: URL }
  /** `reason` ends the sentence "the endpoint ...". */
  | { readonly ok: false; readonly reason: string }

export interface EndpointGuardOptions {
  /**
   * `push.example.org` itself or `*.example.org` for all below it, with `:port` when it is not 443. Who lists
   * `localhost:port` means a service of his own on this machine.
   */
  readonly hosts: readonly string[]
  /** Tests stand in for a push service on loopback. */
  readonly allowsAddress?: (address: string, hostname: string) => boolean
  readonly resolve?: Resolve
}

const MAX_LENGTH = 2_048
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1'])
/** What a browser writes: printable ASCII, without what URL parsers read in different ways. */
const PLAIN = /^https:\/\/([^/?#]+)[/?]?[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*$/

export function createEndpointGuard(options: EndpointGuardOptions): EndpointGuard {
  const { hosts, allowsAddress = isAllowed, resolve } = options
  const hasLocal = hosts.some(host => host.startsWith('localhost:'))

  /** No other name leads to this machine, however it resolves. */
  function isAllowed(address: string, hostname: string): boolean {
    return isPublicAddress(address) || (hasLocal && hostname === 'localhost' && LOOPBACK.has(address))
  }

  function judge(endpoint: string): EndpointVerdict {
    if (endpoint.length > MAX_LENGTH) return refuse(`is longer than ${MAX_LENGTH} characters`)
    const authority = PLAIN.exec(endpoint)?.[1]
    if (authority === undefined || !URL.canParse(endpoint)) return refuse('is not an https URL as browsers write them')
    const url = new URL(endpoint)
    // Credentials, a default port, capitals, percent signs, other alphabets and odd numbers all change in parsing.
    if (authority !== url.host) return refuse('does not spell its host as browsers do')
    if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return refuse('names an address instead of a host')
    if (!hosts.some(pattern => matches(pattern, url.host))) return refuse('is not at a host of `push.hosts`')
    return { ok: true, url }
  }

  return { judge, lookup: createGuardedLookup(allowsAddress, resolve) }
}

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length >= pattern.length : host === pattern
}

function refuse(reason: string): EndpointVerdict {
  return { ok: false, reason }
}
