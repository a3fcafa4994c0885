import { isObject } from './is-object.ts'

/** The BroadcastChannel on which a worker and the pages of its site tell each other what they did. */
export const PUSH_CHANNEL = 'ec-push'

/** To all pages. */
export type PushNews =
  /** A push was shown as a notification. */
  | { readonly ec: 'shown'; readonly event: string; readonly type: string | null }
  /** A button answered a question. */
  | { readonly ec: 'answered'; readonly question: string; readonly option: string }
  /** The subscription changed; the agent knows it, or will when a page opens. */
  | { readonly ec: 'renewed' }
  /** From a page to the others: push was switched on or off. */
  | { readonly ec: 'switched' }

/** From the worker to the page that it would show: a notification was clicked. Answered on the port that comes along. */
export interface ClickMessage {
  readonly ec: 'click'
  readonly event: string | null
  /** Where the click leads. */
  readonly url: string
}

/** `taken`: the page shows it, and wants to be led nowhere. */
export interface ClickAnswer {
  readonly ec: 'heard' | 'taken'
}

/** From a page to the worker; `version` is answered on the port that comes along, or else to the page. */
export type WorkerOrder =
  | { readonly ec: 'version' }
  /** Say what the agent is still to be told. */
  | { readonly ec: 'flush' }
  /** These events are done with: their notifications go. */
  | { readonly ec: 'close'; readonly events: readonly string[] }

export interface VersionAnswer {
  readonly ec: 'version'
  readonly version: string
}

/** A click that opened a page, which had nobody to hear of it. */
export interface PendingClick {
  readonly event: string | null
  readonly url: string
  /** ms since 1970. */
  readonly at: number
}

/** Null for a message of somebody else's. */
export function readOrder(value: unknown): WorkerOrder | null {
  if (!isObject(value)) return null
  const { ec, events } = value
  if (ec === 'version' || ec === 'flush') return { ec }
  if (ec !== 'close' || !Array.isArray(events)) return null
  return { ec, events: events.filter(event => typeof event === 'string') }
}

export function readClick(value: unknown): ClickMessage | null {
  if (!isObject(value)) return null
  const { ec, event, url } = value
  if (ec !== 'click' || typeof url !== 'string') return null
  return { ec, url, event: typeof event === 'string' ? event : null }
}

export function readPendingClick(value: unknown): PendingClick | null {
  if (!isObject(value)) return null
  const { event, url, at } = value
  if (typeof url !== 'string' || typeof at !== 'number') return null
  return { url, at, event: typeof event === 'string' ? event : null }
}
