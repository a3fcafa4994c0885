import type { Rate } from '../../core/token-bucket.ts'

/** What the doors allow; every value can be set by whoever opens them. */
export interface HttpLimits {
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** How often Node looks for requests that ran out of time. */
  readonly timeoutCheckMs: number
  /** Open connections of one listener. */
  readonly maxConnections: number
  readonly maxHeaderBytes: number
  /** All bodies together whose signature is not checked or whose notification is not durable yet. */
  readonly unverifiedBytes: number
  /** All bodies together of callers that have shown a key or token. */
  readonly authenticatedBytes: number
  /** A body that has been arriving for longer gives way when memory is short. */
  readonly slowBodyMs: number
  readonly eventBytes: number
  readonly batchBytes: number
  readonly batchEvents: number
  /** Arrays and objects within each other. */
  readonly jsonDepth: number
  /** Wrong keys and tokens from one address. */
  readonly failedLogins: Rate
}

const KIB = 1024
const MIB = 1024 * KIB

export const DEFAULT_LIMITS: HttpLimits = {
  headersTimeoutMs: 10_000,
  // GitHub gives up after 10 s, Pub/Sub and Graph sooner; 30 s leaves room for a large batch on a slow line.
  requestTimeoutMs: 30_000,
  // Longer than the 60 s that nginx keeps an upstream connection, or it would send into one that we just closed.
  keepAliveTimeoutMs: 75_000,
  timeoutCheckMs: 1_000,
  maxConnections: 20_000,
  maxHeaderBytes: 16 * KIB,
  unverifiedBytes: 64 * MIB,
  authenticatedBytes: 64 * MIB,
  slowBodyMs: 3_000,
  // An event takes 32 KiB; the rest is slack for white space and escapes.
  eventBytes: 64 * KIB,
  batchBytes: 16 * MIB,
  batchEvents: 500,
  jsonDepth: 64,
  failedLogins: { burst: 60, perSecond: 1 },
}
