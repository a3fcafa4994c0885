import type { EventItem } from '../../backends/store.ts'
import type { CheckResult } from '../../core/check.ts'
import type { Channel, EcEvent } from '../../core/event.ts'
import type { Outlet } from '../../core/outlet.ts'

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
  /** How long to wait before the second try, the third and so on (ms); the stage's own waits unless given. */
  readonly retryWaitsMs?: readonly number[]
  /** Where the user can be reached, nowhere = []; with `type` only what takes events of that type. */
  targets(userId: string, type?: string): Promise<readonly Target[]>
  /** One try, counted from 1. Always settles, also when `signal` aborts, and never rejects; an unknown target is `gone`. */
  deliver(event: EventItem, target: Target, signal: AbortSignal, attempt?: number): Promise<Outcome>
  checks(): Promise<readonly CheckResult[]>
  /** Of a channel whose targets the operator has set up by name. */
  readonly outlets?: Outlets
  /** Ends what is under way; nothing is delivered any more. */
  close?(): Promise<void>
}

/** What stands behind the names in `channels` of the configuration. */
export interface Outlets {
  /** Whether one of them is set up for events of this type and user; by the configuration alone, so it costs nothing to ask. */
  takes(userId: string, type: string): boolean
  list(): Promise<readonly OutletState[]>
  /** One delivery, whatever the outlet takes and whether it is switched on or not; null when there is none of this name. */
  try(name: string, event: EcEvent, signal: AbortSignal): Promise<Outcome | null>
  /** Switches it on or off, for good; false when there is none of this name. */
  switch(name: string, on: boolean): Promise<boolean>
}

export interface OutletState extends Outlet {
  readonly on: boolean
  /** What keeps it from working, as it can be seen from here. */
  readonly trouble: string | null
}
