import { hash } from 'node:crypto'
import { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { askGoogle } from '../google/ask-google.ts'
import type { AccountContext, ReadFrom, ReadPage } from '../provider.ts'
import { readChange } from './read-change.ts'
import { targetOf } from './target.ts'

/** Named as in the reference, against which a test holds them. */
interface ListParams {
  readonly singleEvents: false
  readonly showDeleted: true
  readonly maxResults: number
  readonly syncToken?: string
  readonly pageToken?: string
}

/**
 * What must be the same from the first read to every read of changes after it; a token that was had with other
 * parameters gives "undefined behaviour". Series come as series and are expanded here: singly expanded, Google follows
 * them for a limited time alone, and of a deleted one it tells of some months of instances
 * (googleapis/google-api-ruby-client#860).
 */
const COMMON = { singleEvents: false, showDeleted: true, maxResults: 2_500 } as const satisfies ListParams

/** Another one when items are to be made anew of what Google sent: grows when `readChange` reads other things out of it. */
const MAPPING = 1

/** What a sync token is bound to, and what was made of the items. */
export const LIST_VERSION = `events.list:${hash('sha256', JSON.stringify([COMMON, MAPPING]), 'base64url').slice(0, 12)}`

/** One page of everything that a calendar holds, or of what has changed since a sync token. */
export async function readPage(ctx: AccountContext, resource: Resource, from: ReadFrom): Promise<ReadPage> {
  const calendar = targetOf(resource)
  if (from.cursor !== null && NEVER_TELLS_DELETIONS.has(calendar)) {
    throw new EcError('EC_CURSOR_EXPIRED', 'google never says what was deleted from this calendar, so it is read whole')
  }
  const params = from.cursor === null ? wholeParams(from.page) : changesParams(from.cursor, from.page)
  const page = await list(ctx, calendar, params)
  const changes = page.items.map(readChange).filter(change => change !== null)
  if (page.nextPageToken !== undefined) return { changes, next: { page: page.nextPageToken } }
  if (page.nextSyncToken !== undefined) return { changes, next: { cursor: page.nextSyncToken } }
  throw new EcError('EC_PROVIDER', 'google gave neither a next page nor a sync token', { hint: 'see `ec calls`' })
}

function wholeParams(page: string | null): ListParams {
  return { ...COMMON, ...(page === null ? {} : { pageToken: page }) }
}

/** Never with a window, a search or an order: with a token they are refused. */
function changesParams(syncToken: string, page: string | null): ListParams {
  return { ...COMMON, syncToken, ...(page === null ? {} : { pageToken: page }) }
}

/** Birthdays of contacts (webhookdb/webhookdb#765). */
const NEVER_TELLS_DELETIONS = new Set(['addressbook#contacts@group.v.calendar.google.com'])

const token = z.string().min(1).optional()
/** The items are somebody else's JSON and are kept as they are. */
const item = z.custom<JsonObject>(isRecord)
const pageSchema = z.object({ items: z.array(item).default([]), nextPageToken: token, nextSyncToken: token })

async function list(ctx: AccountContext, calendar: string, params: ListParams) {
  try {
    const path = `/calendar/v3/calendars/${encodeURIComponent(calendar)}/events`
    return await askGoogle(ctx, { operation: 'events.list', method: 'GET', path, query: { ...params } }, pageSchema)
  } catch (thrown) {
    throw refine(thrown, params)
  }
}

/** A token that is not taken is told of as a bad request; a calendar that may no longer be read, as forbidden. */
function refine(thrown: unknown, params: ListParams): unknown {
  if (!(thrown instanceof EcError) || thrown.code !== 'EC_PROVIDER') return thrown
  const { google_status: status, google_reason: reason, google_location: location } = thrown.details
  const hasToken = params.syncToken !== undefined || params.pageToken !== undefined
  const blamesToken = location === 'pageToken' || location === 'syncToken' || /\btoken\b/i.test(thrown.message)
  if (status === 400 && hasToken && blamesToken) {
    return new EcError('EC_CURSOR_EXPIRED', 'google no longer takes the token', { cause: thrown })
  }
  if (status === 403 && (reason === 'forbidden' || reason === 'requiredAccessLevel')) {
    return new EcError('EC_TARGET_GONE', 'the calendar may no longer be read with this account', { cause: thrown })
  }
  return thrown
}
