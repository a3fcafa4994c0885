import type { LadderStep } from '../../core/config.ts'
import type { DigestRule } from '../../core/digest-rule.ts'
import type { Channel, EcEvent } from '../../core/event.ts'
import type { PersonSigns } from '../../core/person-signs.ts'
import type { Sign } from '../../core/plan.ts'
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
  /** Channels on which a command or webhook is set up for events of this type and user. None unless given. */
  readonly outlets?: readonly Channel[]
  /** Channels that would reach the person nowhere, as push without a device. None unless given. */
  readonly unreachable?: readonly Channel[]
  /** What the operator has tried again, by type; in the place of what is usual for the type. */
  readonly ladders?: Readonly<Record<string, readonly LadderStep[]>>
  /** Who looks at this moment; nobody unless given. */
  readonly presence?: PresenceFacts
  /** When the person's digest comes; daily at 08:00 UTC unless given. */
  readonly digest?: DigestFacts
  /** Given when a step falls due and `route` is asked again. */
  readonly due?: DueFacts
}

export interface DigestFacts {
  /** Null: the person wants none. */
  readonly rule: DigestRule | null
  /** IANA; whose clock the rule goes by. */
  readonly zone: string
}

/** A person in front of a client that is open, visible and has the focus. */
export interface PresenceFacts {
  /** How many such clients there are. */
  readonly focused: number
  /** The conversations that are open there. */
  readonly threads: readonly string[]
}

export interface DueFacts {
  readonly channel: Channel
  /**
   * The reason of the step that falls due: what has been waited for is not waited for again. `lost`: the channel has
   * turned out to lead nowhere. `digest`: it is to be a line of a digest, which is one mail and has its own instant.
   */
  readonly reason: string
  /** What the person must not have done, of a ladder's step; of any other, not a thing. */
  readonly unless: Sign | null
  /** The end of the snooze (ms) that a step of reason `snooze` was made for; left out by jobs of older versions. */
  readonly snooze?: number
  readonly signs: PersonSigns
}

export interface PersonFacts {
  readonly preferences: Preferences
  /** IANA; whose clock the quiet hours go by. */
  readonly zone: string
  /** How many events went out on a channel within the last hour and the last day. */
  readonly sent: Readonly<Record<CappedChannel, Sent>>
  /** Types that go out by push no more, because the person opened so few of them. None unless given. */
  readonly governed?: readonly string[]
}

export interface Sent {
  readonly hour: number
  readonly day: number
}
