import type { JsonObject } from './json.ts'

export const LEVELS = ['info', 'warning', 'error', 'critical'] as const
export type Level = (typeof LEVELS)[number]

export const CHANNELS = ['ws', 'push', 'email', 'exec', 'webhook'] as const
export type Channel = (typeof CHANNELS)[number]

/** Those that events are sent on by a job for each target. */
export const SENT_CHANNELS = ['push', 'email', 'exec', 'webhook'] as const satisfies readonly Channel[]
export type SentChannel = (typeof SENT_CHANNELS)[number]

/** Channels that lead nowhere until an operator sets something up for them. */
export const OUTLET_CHANNELS = ['exec', 'webhook'] as const satisfies readonly Channel[]

export const CHANNEL_HINTS = ['auto', 'websocket_only', 'push_only'] as const
export type ChannelHint = (typeof CHANNEL_HINTS)[number]

export const BUILT_IN_TYPES = [
  'job.done',
  'job.progress',
  'action.required',
  'message.new',
  'reminder.due',
  'system.alert',
] as const
export type BuiltInType = (typeof BUILT_IN_TYPES)[number]

export interface CallToAction {
  readonly label: string
  readonly url: string
}

/** The universal event as it is stored and sent (snake_case is the public contract). Instants are RFC 3339 in UTC. */
export interface EcEvent {
  readonly id: string
  readonly user_id: string
  readonly type: string
  readonly title: string
  readonly body: string
  readonly level: Level
  readonly created_at: string
  readonly channels?: readonly Channel[]
  readonly channel_hint?: ChannelHint
  readonly cta?: CallToAction
  readonly data?: JsonObject
  readonly idempotency_key?: string
  readonly collapse_key?: string
  readonly thread?: string
  readonly service?: string
  readonly actor?: string | JsonObject
  readonly icon?: string
  readonly image?: string
  readonly lang?: string
  readonly expires_at?: string
  readonly deliver_at?: string
  readonly source?: string
  readonly trace_id?: string
  /** Fields of the caller's own pass through untouched. */
  readonly [extension: `x-${string}`]: unknown
}

/** What a person did with an event; each change is numbered in the user's stream. */
export const EVENT_STATES = [
  'seen',
  'read',
  'unread',
  'archived',
  'unarchived',
  'snoozed',
  'answered',
  'retracted',
] as const
export type EventState = (typeof EVENT_STATES)[number]

/** The one state that says most of an event in a list. */
export const EVENT_LIST_STATES = ['unread', 'read', 'seen', 'archived', 'snoozed', 'retracted', 'scheduled'] as const
export type EventListState = (typeof EVENT_LIST_STATES)[number]

/** The key that ties the progress of one job together; null for anything that is no progress. */
export function progressKey(event: Pick<EcEvent, 'type' | 'data' | 'collapse_key' | 'id'>): string | null {
  if (event.type !== 'job.progress') return null
  const job = event.data?.['job_id']
  if (typeof job === 'string' || typeof job === 'number') return `job:${job}`
  return event.collapse_key ?? event.id
}
