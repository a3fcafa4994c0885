/** Who mail comes from. */
export interface Sender {
  readonly name: string | null
  readonly address: string
  /** The part behind the `@`. */
  readonly host: string
}

const ADDRESS =
  '[^\\s@<>()[\\]\\\\,;:"]+@((?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)'
const BARE = new RegExp(`^(${ADDRESS})$`)
const NAMED = new RegExp(`^([^<>\\p{Cc}]*?)\\s*<(${ADDRESS})>$`, 'u')

/** Reads `ec@example.org` or `EventCenter <ec@example.org>`; null for anything else. */
export function readSender(text: string): Sender | null {
  const trimmed = text.trim()
  const bare = BARE.exec(trimmed)
  const [, name = '', address, host] = bare === null ? (NAMED.exec(trimmed) ?? []) : ['', '', bare[1], bare[2]]
  if (address === undefined || host === undefined) return null
  const plain = name.trim().replace(/^"(.*)"$/, '$1')
  return { name: plain === '' ? null : plain, address, host: host.toLowerCase() }
}
