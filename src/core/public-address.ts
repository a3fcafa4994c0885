import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** IPv4 blocks that lead into a network of one's own, or nowhere (IANA special-purpose registry). */
const INNER_4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local; the clouds keep their metadata, with credentials, at 169.254.169.254.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Blocks inside 2000::/3 that are no hosts of the world: tunnels with an IPv4 address in them, and examples. */
const INNER_6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const inner4 = blockList(INNER_4, 'ipv4')
const inner6 = blockList(INNER_6, 'ipv6')
const global6 = blockList([['2000::', 3]], 'ipv6')
const nat64 = blockList([['64:ff9b::', 96]], 'ipv6')

/**
 * Whether an IP address is one of the open internet: not loopback, private, link-local, multicast or reserved. IPv4 that
 * is mapped into IPv6 is refused, except by the NAT64 prefix, behind which networks of IPv6 alone see all of IPv4.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !inner4.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  if (nat64.check(address, 'ipv6')) return isPublicAddress(embedded(address))
  return global6.check(address, 'ipv6') && !inner6.check(address, 'ipv6')
}

function blockList(blocks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of blocks) list.addSubnet(network, prefix, family)
  return list
}

/** The IPv4 address in the last 32 bits. */
function embedded(address: string): string {
  const tail = address.slice(address.lastIndexOf(':') + 1)
  if (tail.includes('.')) return tail
  // URL writes an IPv6 address in its shortest form, in which the last two groups are hexadecimal.
  const [, end = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [high = '0', low = '0'] = `0:0:${end}`.split(':').slice(-2)
  const [a, b] = [parseInt(high || '0', 16), parseInt(low || '0', 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join('.')
}
