import { BlockList, isIP, isIPv6 } from 'node:net'
import { EcError } from '../../core/errors.ts'

/** Whether an address is one of the proxies whose `X-Forwarded-*` is believed: addresses and networks (`10.0.0.0/8`). */
export function createProxyGuard(trusted: readonly string[]): (address: string) => boolean {
  const proxies = readNetworks(trusted)
  return address => isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function readNetworks(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const bits = isIPv6(address) ? 128 : 32
    const length = prefix === undefined ? bits : Number(prefix)
    if (isIP(address) === 0 || !Number.isInteger(length) || length < 0 || length > bits) {
      throw new EcError('EC_CONFIG_INVALID', `trusted_proxies: ${entry} is no address or network, as 10.0.0.0/8`)
    }
    list.addSubnet(address, length, bits === 128 ? 'ipv6' : 'ipv4')
  }
  return list
}
