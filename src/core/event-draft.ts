import { cleanLine, cleanText } from './clean-text.ts'
import type { EventInput } from './event-schema.ts'
import type { Level } from './event.ts'
import type { JsonObject } from './json.ts'

/**
 * What a provider's mapping says of a notification. The texts may come from anybody and be of any length; an empty or
 * missing one counts as not said. `draftEvent` makes an event of it that keeps the contract.
 */
export interface EventDraft {
  readonly type: string
  readonly title: string
  readonly body: string
  readonly level?: Level
  /** Left out unless it is http or https. */
  readonly url?: string
  readonly urlLabel?: string
  readonly thread?: string
  readonly actor?: string
  /** When it happened, as the sender says: RFC 3339 or seconds since 1970. Believed within bounds only. */
  readonly at?: unknown
  readonly data: Readonly<Record<string, string | number | boolean | null>>
}

interface DraftOrigin {
  readonly userId: string
  /** The provider, as `source` and `service` of the event. */
  readonly provider: string
  /** ms since 1970. */
  readonly receivedAt: number
}

const MAX_TITLE = 240
const MAX_BODY = 2000
const MAX_KEY = 200
const MAX_URL = 2048
/** No sender repeats a delivery later than this; an older instant is a mistake or a lie. */
const MAX_AGE_MS = 7 * 24 * 3600 * 1000

/** Makes a valid event of a draft, whatever the draft holds: cleaned, bounded, empty parts left out. Never throws. */
export function draftEvent(draft: EventDraft, origin: DraftOrigin): EventInput {
  const title = cleanLine(draft.title, MAX_TITLE)
  const url = httpUrl(draft.url ?? '')
  const thread = cleanLine(draft.thread ?? '', MAX_KEY)
  const actor = cleanLine(draft.actor ?? '', MAX_KEY)
  return {
    user_id: origin.userId,
    type: draft.type,
    title: title === '' ? draft.type : title,
    body: cleanText(draft.body, MAX_BODY),
    level: draft.level ?? 'info',
    ...(url === null ? {} : { cta: { label: cleanLine(draft.urlLabel ?? '', MAX_KEY) || 'Open', url } }),
    data: cleanData(draft.data),
    created_at: new Date(happenedAt(draft.at, origin.receivedAt)).toISOString(),
    ...(thread === '' ? {} : { thread }),
    service: origin.provider,
    ...(actor === '' ? {} : { actor }),
    source: origin.provider,
  }
}

/**
 * A legal dotted type: `dottedType('github', 'issues', 'opened')`. Characters that no type may hold become `_`; empty
 * parts are left out, and overlong ones cut.
 */
export function dottedType(first: string, ...rest: readonly string[]): string {
  const parts = [first, ...rest].map(legalPart).filter(part => part !== '')
  return parts.length > 1 ? parts.join('.') : `${parts[0] ?? 'event'}.unknown`
}

/** Three parts of 42 and two dots are the 128 characters that a type may have. */
const MAX_PART = 42
/** Without a line below at either end. */
const LEGAL_PART = /^(?:[A-Za-z0-9-](?:[A-Za-z0-9_-]*[A-Za-z0-9-])?)?$/

function legalPart(part: string): string {
  if (part.length <= MAX_PART && LEGAL_PART.test(part)) return part
  return part
    .slice(0, MAX_PART)
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
}

function httpUrl(text: string): string | null {
  if (text.length <= MAX_URL && PLAIN_URL.test(text)) return text
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null
  // The parser's own spelling has no control characters, spaces or lone surrogates left.
  const { href } = new URL(text)
  return href.length <= MAX_URL ? href : null
}
/**
 * What the parser would give back as it is, as most links to a page of a repository: a host of letters alone is no number
 * and no other alphabet's, and a part of the path that begins with no dot leads nowhere up.
 */
const PLAIN_URL = /^https?:\/\/(?:[a-z]+\.)+[a-z]+(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/

function happenedAt(claim: unknown, receivedAt: number): number {
  const at = typeof claim === 'number' ? claim * 1000 : typeof claim === 'string' ? parseInstant(claim) : NaN
  return at <= receivedAt && at >= receivedAt - MAX_AGE_MS ? at : receivedAt
}

/** Without an offset the host's own zone would decide, so such an instant says nothing. */
export function parseInstant(text: string): number {
  return RFC3339.test(text) ? Date.parse(text) : NaN
}
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

function cleanData(data: EventDraft['data']): JsonObject {
  const clean: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(data)) {
    const kept = typeof value === 'string' ? cleanLine(value, MAX_KEY) : value
    if (kept === null || kept === '' || (typeof kept === 'number' && !Number.isFinite(kept))) continue
    clean[name] = kept
  }
  return clean
}
