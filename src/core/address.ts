import { isIPv6 } from 'node:net'

/** An address in one spelling: IPv4 that came mapped into IPv6 is IPv4, and a zone (`%eth0`) is dropped. */
export function plainAddress(address: string): string {
  if (!address.includes(':')) return address
  const bare = address.split('%', 1)[0] ?? ''
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  return mapped ?? bare
}

/**
 * What one sender is counted under: an IPv4 address, or the first 64 bits of an IPv6 one, since every subscriber holds
 * 2^64 of those (RFC 6177). Anything else counts as itself.
 */
export function addressKey(address: string): string {
  const plain = plainAddress(address)
  if (!plain.includes(':') || !isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':') + '::/64'
}

function groups(text: string): string[] {
  if (text === '') return []
  // A dotted IPv4 tail stands for two groups; its value does not matter, as it is never among the first four.
  return text
    .split(':')
    .flatMap(group => (group.includes('.') ? ['0', '0'] : [group.toLowerCase().replace(/^0+(?=.)/, '')]))
}
