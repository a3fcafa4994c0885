import type { JsonRecord } from '../../core/peek.ts'
import type { ErrorStyle } from './api-error.ts'

/** A request as a service sees it. */
export interface WireRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** What the route's pattern names, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** Lower case; of a header that came several times the last. */
  readonly headers: Readonly<Record<string, string>>
  /** A JSON object or a form; empty when there was none. */
  readonly body: JsonRecord
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

export interface WireReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; nothing is sent without it. */
  readonly body?: unknown
  /** Work that begins once the answer is out. */
  readonly afterwards?: () => void
}

export interface Route {
  readonly method: string
  /** As `/calendar/v3/calendars/{calendar}/events`. */
  readonly pattern: string
  /** As the service's reference calls it: `calendar.events.list`. */
  readonly operation: string
  readonly style: ErrorStyle
  readonly handle: (request: WireRequest) => WireReply | Promise<WireReply>
}

export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): WireReply {
  return { status: 200, headers, body }
}

export const NO_CONTENT: WireReply = { status: 204 }

export type MakeRoute = (method: string, pattern: string, name: string, handle: Route['handle']) => Route

/** Makes the routes of one service, whose paths and operations begin alike. */
export function routeMaker(style: ErrorStyle, root: string, prefix: string): MakeRoute {
  return (method, pattern, name, handle) => {
    return { method, pattern: root + pattern, operation: `${prefix}.${name}`, style, handle }
  }
}
