import type { EventItem } from '../../backends/store.ts'
import type { CheckResult } from '../../core/check.ts'
import type { Channel } from '../../core/event.ts'

/** One place that a user can be reached at: a socket, a device, an address. */
export interface Target {
  readonly id: string
  readonly userId: string
  readonly label: string
}

/** What came of one try. Retry policy lives in the stage, never in a dispatcher. */
export type Outcome =
  | { readonly type: 'delivered' }
  | { readonly type: 'retry'; readonly afterMs: number | null; readonly reason: string }
  /** The target no longer exists. */
  | { readonly type: 'gone'; readonly reason: string }
  /** It will never take this event. */
  | { readonly type: 'rejected'; readonly reason: string }

/** A way to a person. */
export interface Dispatcher {
  readonly channel: Channel
  targets(userId: string): Promise<readonly Target[]>
  /** One try, counted from 1; settles, also when `signal` aborts. */
  deliver(event: EventItem, target: Target, signal: AbortSignal, attempt?: number): Promise<Outcome>
  checks(): Promise<readonly CheckResult[]>
}
