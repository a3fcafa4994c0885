import type { User } from './user.ts'

/** An address that takes no mail for good, and what its mail server said. */
export interface SuppressedAddress {
  /** As of `addressKey`. */
  readonly address: string
  readonly reason: string
  readonly at: number
}

/** Where the mail of a user goes. */
export interface Mailbox {
  readonly user: User
  readonly address: string
  /** Null: it takes mail, as far as anybody knows. */
  readonly suppressed: SuppressedAddress | null
}

/**
 * An address as it is compared: A to Z in lower case, as SQLite's `lower()` does it. What stands before the `@` may
 * differ in case by the book; no mail server in use makes that difference.
 */
export function addressKey(address: string): string {
  return address.trim().replace(/[A-Z]+/g, letters => letters.toLowerCase())
}

/** For people and traces, where a whole address would say too much: `a…@example.org`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 1 ? '…' : `${[...address][0]}…${address.slice(at)}`
}
