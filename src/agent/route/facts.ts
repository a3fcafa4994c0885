import type { Channel, EcEvent } from '../../core/event.ts'
import type { CappedChannel, Preferences } from '../../core/preferences.ts'

/** What of an event decides its way. */
export type RoutedEvent = Pick<
  EcEvent,
  'type' | 'level' | 'channels' | 'channel_hint' | 'expires_at' | 'deliver_at' | 'service' | 'thread'
>

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
  /** Only of a person who has preferences. */
  readonly person?: PersonFacts
  /** Channels that would reach the person nowhere, as push without a device. None unless given. */
  readonly unreachable?: readonly Channel[]
}

export interface PersonFacts {
  readonly preferences: Preferences
  /** IANA; whose clock the quiet hours go by. */
  readonly zone: string
  /** How many events went out on a channel within the last hour and the last day. */
  readonly sent: Readonly<Record<CappedChannel, Sent>>
}

export interface Sent {
  readonly hour: number
  readonly day: number
}
