import { EVENT_STATES, type EcEvent, type EventState } from '../../../src/core/event.ts'
import { isEvent, isRecord } from '../parse.ts'

/** How much is unread, and how much of it asks for something. */
export interface UnreadCounts {
  readonly total: number
  readonly action: number
}

/** What the agent says on a stream, understood; see docs/stream.md. */
export type ServerFrame =
  | {
      readonly t: 'hello'
      readonly user: string
      readonly epoch: string
      readonly head: number
      readonly recovered: boolean
      readonly unread: UnreadCounts
      /** How often the agent gives a sign of life. */
      readonly pingMs: number
    }
  | { readonly t: 'ev'; readonly seq: number; readonly replay: boolean; readonly event: EcEvent }
  | { readonly t: 'live' }
  | {
      readonly t: 'st'
      readonly seq: number
      readonly id: string
      readonly state: EventState
      /** Who did it, as `default` for the answer of a deadline. */
      readonly by: string | null
      /** ms since 1970. */
      readonly until: number | null
    }
  | { readonly t: 'reconnect'; readonly afterMs: number }
  | { readonly t: 'ping' }

/** Reads the frames of one message, a line each. What is not understood is of a newer agent, and passed over. */
export function parseFrames(text: string): readonly ServerFrame[] {
  return text.split('\n').flatMap(line => parseFrame(line) ?? [])
}

/** One frame; null when it is none that we know. */
export function parseFrame(line: string): ServerFrame | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (!isRecord(value)) return null
  switch (value['t']) {
    case undefined:
      return Object.keys(value).length === 0 ? { t: 'ping' } : null
    case 'hello':
      return readHello(value)
    case 'ev':
      return readEvent(value)
    case 'live':
      return { t: 'live' }
    case 'st':
      return readState(value)
    case 'reconnect':
      return { t: 'reconnect', afterMs: Math.max(0, numberOr(value['after'], 0)) * 1000 }
    default:
      return null
  }
}

/** The counts of a reply or frame; what is missing is nothing. */
export function readUnread(value: unknown): UnreadCounts {
  if (!isRecord(value)) return { total: 0, action: 0 }
  return { total: numberOr(value['total'], 0), action: numberOr(value['action'], 0) }
}

function readHello(value: Readonly<Record<string, unknown>>): ServerFrame | null {
  const { user, epoch, head, recovered } = value
  if (typeof user !== 'string' || typeof epoch !== 'string' || typeof head !== 'number') return null
  const pingMs = numberOr(value['ping'], 25) * 1000
  return { t: 'hello', user, epoch, head, recovered: recovered === true, unread: readUnread(value['unread']), pingMs }
}

function readEvent({ seq, replay, ev }: Readonly<Record<string, unknown>>): ServerFrame | null {
  return typeof seq === 'number' && isEvent(ev) ? { t: 'ev', seq, replay: replay === true, event: ev } : null
}

function readState(value: Readonly<Record<string, unknown>>): ServerFrame | null {
  const { seq, id, by, until } = value
  const state = EVENT_STATES.find(known => known === value['state'])
  if (typeof seq !== 'number' || typeof id !== 'string' || state === undefined) return null
  const at = typeof until === 'string' ? Date.parse(until) : Number.NaN
  return { t: 'st', seq, id, state, by: typeof by === 'string' ? by : null, until: Number.isNaN(at) ? null : at }
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}
