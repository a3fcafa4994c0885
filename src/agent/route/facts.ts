import type { Channel, EcEvent } from '../../core/event.ts'

/** What of an event decides its way. */
export type RoutedEvent = Pick<EcEvent, 'type' | 'level' | 'channels' | 'channel_hint' | 'expires_at'>

/** A rule of the operator's for a family of types, as `task.*`. */
export interface PatternRule {
  readonly pattern: string
  readonly channels: readonly Channel[]
}

/** What `route` must know beside the event. */
export interface RouteFacts {
  /** The channels that this agent can send on. */
  readonly available: readonly Channel[]
  /** In any order: the most specific pattern wins, among equals the first. */
  readonly rules: readonly PatternRule[]
}
