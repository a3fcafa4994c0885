import { z } from 'zod'
import { SANDBOX_FAULTS } from '../../core/sandbox-words.ts'

/** Which requests or pushes a fault is for; what is not named may be anything. */
const matchSchema = z.strictObject({
  method: z.string().max(16).optional(),
  /** A part of the path, or of a push's URL. */
  path: z.string().max(1_024).optional(),
  /** As `calendar.events.list`; `calendar.*` for all of them. */
  operation: z.string().max(128).optional(),
  calendar: z.string().max(1_024).optional(),
  channel: z.string().max(128).optional(),
  subscription: z.string().max(512).optional(),
  /** The account that asks, or whose mailbox a push is of. */
  account: z.string().max(320).optional(),
})

/**
 * Something that goes wrong to order. Of a request: `drop` = it is never answered, `refuse` = the connection ends before
 * anything was done, `cut` = it ends after everything was done, `status` = it is answered with that and nothing is done,
 * `delay`, `duplicate` = it is done twice, `reorder` = it is held back until the next one has been answered. Of a push:
 * `drop` = it is lost, `refuse` = nobody takes it, `cut` = it is taken but the answer is lost, `status` = as if the
 * receiver had answered so, `delay`, `duplicate`, `reorder` = it is held back until the next one to the same receiver.
 */
export const faultSchema = z.strictObject({
  on: z.enum(['request', 'push']).default('request'),
  kind: z.enum(SANDBOX_FAULTS),
  /** Of those that fit, how many it is done to. */
  rate: z.number().min(0).max(1).default(1),
  /** How often at most; null = as long as it stands. */
  times: z.number().int().min(1).max(1_000_000).nullable().default(null),
  status: z.number().int().min(400).max(599).default(503),
  /** In seconds, for the header Retry-After; fractions are sent as they are. */
  retry_after: z.number().min(0).max(86_400).nullable().default(null),
  /** What an answer gives as its reason: `rateLimitExceeded`, `backendError` ... */
  reason: z.string().max(64).nullable().default(null),
  /** How long it is held back; for `reorder` at most. */
  delay_ms: z.number().int().min(0).max(86_400_000).default(1_000),
  match: matchSchema.default({}),
})

export type FaultSpec = z.infer<typeof faultSchema>
export type FaultMatch = z.infer<typeof matchSchema>

export interface Fault extends FaultSpec {
  readonly id: string
  /** How often it was done. */
  readonly done: number
}

/** What a fault is matched with; '' where it has none. */
export type FaultSubject = Readonly<Record<Exclude<keyof FaultMatch, undefined>, string>> & {
  readonly on: FaultSpec['on']
}
