import type { EcEvent } from './event.ts'

/** The mail that gathers several events, as it is sent to their user. */
export interface Digest {
  /** The instant that it is for, RFC 3339: with the user it names the digest for good. */
  readonly id: string
  /** What it shows, in the order of the stream. */
  readonly events: readonly EcEvent[]
  /** How many there are in all, those that it does not show included. */
  readonly total: number
}
