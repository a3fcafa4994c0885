import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** The name led to an address that is not allowed. */
export const ADDRESS_REFUSED = 'EADDRREFUSED'

export type Resolve = (
  hostname: string,
  options: { readonly all: true; readonly family?: number; readonly hints?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * A `lookup` for sockets that gives addresses only when `allows` says yes to every one of them. What it gives is what is
 * connected to, so that a name which answers a public address now and a private one in a moment gains nothing.
 */
export function createGuardedLookup(
  allows: (address: string, hostname: string) => boolean,
  resolve: Resolve = systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    const { hints } = options
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0)
    resolve(hostname, { all: true, family, ...(hints === undefined ? {} : { hints }) }, (error, addresses) => {
      if (error) return callback(error, [])
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => allows(address, hostname)))
        return callback(refusal(), [])
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function refusal(): NodeJS.ErrnoException {
  return Object.assign(new Error('the name leads to an address that is not public'), { code: ADDRESS_REFUSED })
}
