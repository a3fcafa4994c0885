import type { Rate } from '../../core/token-bucket.ts'

/** What the receive stage allows; every value can be set by whoever makes it. */
export interface ReceiveSettings {
  /** Requests to one resource, and from one address, before anything is verified. */
  readonly resourceRate: Rate
  readonly addressRate: Rate
  /** Requests from one address to a path that names no resource: each may cost a signature for every secret. */
  readonly olderPathRate: Rate
  /** How many resources and addresses are counted at once. */
  readonly maxBuckets: number
  /** Notifications that wait for their processing; beyond it senders are told to come back. */
  readonly maxBacklog: number
  readonly quarantineRows: number
  readonly quarantineBodyBytes: number
  /** Unverified requests that are kept, of one resource and in all; what is beyond is only counted. */
  readonly refusedRate: Rate
  readonly refusedRateInAll: Rate
  /** How long an id is remembered to name nothing, and how many are. */
  readonly unknownTtlMs: number
  readonly maxUnknown: number
  /** Resources that are asked whether a request whose URL names none can be for them. */
  readonly maxAsked: number
  /** Of those that it can be for, how many have their secrets tried. */
  readonly maxTried: number
}

export const DEFAULT_SETTINGS: ReceiveSettings = {
  // Above what one machine can answer, so that they stop a loop and not a burst.
  resourceRate: { burst: 100_000, perSecond: 50_000 },
  addressRate: { burst: 100_000, perSecond: 50_000 },
  olderPathRate: { burst: 200, perSecond: 50 },
  maxBuckets: 10_000,
  maxBacklog: 1_000_000,
  quarantineRows: 1_000,
  quarantineBodyBytes: 64 * 1024,
  // A person who mends a secret sees each of his tries; a flood costs ten writes a second.
  refusedRate: { burst: 30, perSecond: 2 },
  refusedRateInAll: { burst: 200, perSecond: 10 },
  unknownTtlMs: 5_000,
  maxUnknown: 10_000,
  // A look at the request costs next to nothing, a signature does not.
  maxAsked: 1_000,
  maxTried: 50,
}
