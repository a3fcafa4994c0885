export const CALL_CAUSES = [
  'webhook',
  'polling',
  'full',
  'renew',
  'probe',
  'write',
  'user',
  'setup',
  'auth',
  'pull',
] as const
export type CallCause = (typeof CALL_CAUSES)[number]

/** One request on the wire to a provider. `status` 0 = no answer came; the reason stands in `error`. */
export interface ApiCall {
  /** ms since 1970. */
  readonly at: number
  readonly provider: string
  readonly account: string
  /** As the provider's reference calls it: `events.list`. */
  readonly operation: string
  readonly cause: CallCause
  /** From 1; every attempt is a call of its own. */
  readonly attempt: number
  readonly status: number
  readonly ms: number
  readonly error: string | null
}

/** Calls counted over a span of time, by what tells them apart. */
export interface ApiCallSum {
  readonly provider: string
  readonly account: string
  readonly operation: string
  readonly cause: CallCause
  readonly calls: number
  readonly retries: number
  readonly failures: number
}
