import type { Channel } from './event.ts'

/** What a person does with an event that makes a held step needless. */
export const SIGNS = ['seen', 'read', 'answered'] as const
export type Sign = (typeof SIGNS)[number]

/** What is to happen on one channel, and why. */
export interface PlanStep {
  readonly channel: Channel
  readonly action: 'send' | 'hold' | 'suppress'
  /** A stable word for the reason, as `channels`, `type_rule`, `not_available`; `docs/reference/events.md` lists them. */
  readonly reason: string
  /** RFC 3339; with `hold` when it goes on, else until when the reason lasts, as of a mute. */
  readonly until?: string
  /** What of the person's preferences the reason is about: `task.*`, `service notes`, `thread T`, `5 an hour`. */
  readonly about?: string
  /** Of a step of a ladder: it goes out unless the person did this, or more, by then. */
  readonly unless?: Sign
}

/** The answer of `route`: what was decided for an event, on every channel that there is. */
export interface Plan {
  readonly steps: readonly PlanStep[]
  /** Which rule chose the channels: `channels | channel_hint | type | pattern | default`. */
  readonly rule: string
  /** Plain sentences for the emitter, as a contradiction between `channels` and `channel_hint`. */
  readonly warnings: readonly string[]
  /** False for what never stands in the inbox or counts as unread, as progress. */
  readonly inbox: boolean
}

/** One line of an event's trace: a decision or what came of it. `at` is RFC 3339. */
export interface TraceRow {
  readonly at: string
  readonly step: TraceStep
  readonly channel?: Channel
  /** The client, device or address that it concerns. */
  readonly target?: string
  readonly reason?: string
  /** How many at once, as clients that a broadcast reached. */
  readonly count?: number
  /** RFC 3339: until when it is held, or when it is tried again. */
  readonly until?: string
  /** What of the person's preferences the reason is about, as in a step of a plan. */
  readonly about?: string
}

/**
 * `held` and `dropped` are later decisions than the plan's, `queued` is one for each target, `retrying`, `failed` and
 * `gone` what a target said instead of taking it; `shown`, `clicked` and `dismissed` come from the device itself.
 */
export const TRACE_STEPS = [
  'queued',
  'sent',
  'received',
  'held',
  'dropped',
  'retrying',
  'failed',
  'gone',
  'shown',
  'clicked',
  'dismissed',
] as const
export type TraceStep = (typeof TRACE_STEPS)[number]
