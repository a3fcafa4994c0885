import { z } from 'zod'
import { cleanLine } from '../../core/clean-text.ts'
import { EcError } from '../../core/errors.ts'
import { peekFlag, peekLine, peekString } from '../../core/peek.ts'
import { askGoogle } from '../google/ask-google.ts'
import type { AccountContext, Discovery } from '../provider.ts'

const pageSchema = z.object({
  items: z.array(z.unknown()).default([]),
  nextPageToken: z.string().min(1).optional(),
})

/** Nobody has so many; whoever goes on and on does not end by himself. */
const MAX_PAGES = 100

/** The calendars in the account's list that can be read with their events, the primary one first. */
export async function discover(ctx: AccountContext): Promise<readonly Discovery[]> {
  const found = new Map<string, Discovery>()
  let pageToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, nextPageToken } = await askGoogle(
      ctx,
      {
        operation: 'calendarList.list',
        method: 'GET',
        path: '/calendar/v3/users/me/calendarList',
        // Below `reader` only free and busy times are shown, without any event.
        query: { minAccessRole: 'reader', showHidden: true, maxResults: 250, pageToken },
      },
      pageSchema,
    )
    for (const entry of items.map(readEntry)) if (entry !== null) found.set(entry.target, entry)
    if (nextPageToken === undefined) return [...found.values()].sort(byWeight)
    pageToken = nextPageToken
  }
  throw new EcError('EC_PROVIDER', 'the list of calendars does not end', { hint: 'see `ec calls`' })
}

/** Null for what was removed, or whose events are not shown. */
export function readEntry(entry: unknown): Discovery | null {
  const target = peekString(entry, 'id')
  const role = peekString(entry, 'accessRole')
  if (target === '' || peekFlag(entry, 'deleted') || role === 'freeBusyReader') return null
  return {
    provider: 'google-calendar',
    target,
    // Some have no name at all.
    name: peekLine(entry, 'summaryOverride') || peekLine(entry, 'summary') || cleanLine(target, 120),
    primary: peekFlag(entry, 'primary'),
    watchable: !isGoogles(target),
    role: role === '' ? null : role,
  }
}

/** Birthdays, holidays, week numbers and the like are made by Google, and it never tells of their changes. */
function isGoogles(target: string): boolean {
  return target.endsWith('@group.v.calendar.google.com')
}

function byWeight(a: Discovery, b: Discovery): number {
  return Number(b.primary) - Number(a.primary) || (a.name < b.name ? -1 : 1)
}
