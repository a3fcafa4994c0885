import { isTimeZone } from '../../core/time-zone.ts'
import { ApiError, badRequest } from '../http/api-error.ts'
import { readMaxResults } from '../http/max-results.ts'
import { hashParams } from './tokens.ts'
import { readDateTime } from './when.ts'

/** The parameters of `events.list`, read. */
export interface ListQuery {
  readonly maxResults: number
  readonly singleEvents: boolean
  /** Null = not said. */
  readonly showDeleted: boolean | null
  readonly orderBy: 'startTime' | 'updated' | null
  readonly timeMin: number | null
  readonly timeMax: number | null
  readonly updatedMin: number | null
  readonly timeZone: string | null
  readonly iCalUID: string
  readonly q: string
  readonly eventTypes: readonly string[]
  /** `name=value` each. */
  readonly privateProperties: readonly string[]
  readonly sharedProperties: readonly string[]
  readonly syncToken: string
  readonly pageToken: string
  /** Of what must stay the same from a full list to its list of changes. */
  readonly syncHash: string
  /** Of what must stay the same from page to page. */
  readonly pageHash: string
}

/** Every name in the reference; the real service passes over others in silence, here a slip of the pen shows. */
const KNOWN = new Set(
  (
    'alwaysIncludeEmail eventTypes iCalUID maxAttendees maxResults orderBy pageToken privateExtendedProperty q ' +
    'sharedExtendedProperty showDeleted showHiddenInvitations singleEvents syncToken timeMax timeMin timeZone updatedMin ' +
    'alt fields key prettyPrint quotaUser userIp oauth_token access_token'
  ).split(' '),
)

/** Never together with a sync token. */
const NOT_WITH_TOKEN = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
]
/** What is about the request and not about the list, and what only the first list may have. */
const NOT_HASHED = new Set([
  ...NOT_WITH_TOKEN,
  'pageToken',
  'syncToken',
  'showDeleted',
  ...'alt fields key prettyPrint quotaUser userIp oauth_token access_token'.split(' '),
])
/** A list by one of these is no place to go on from. */
export const NO_TOKEN_AFTER = NOT_WITH_TOKEN.filter(name => name !== 'timeMin' && name !== 'timeMax')

const DEFAULT_RESULTS = 250
const MAX_RESULTS = 2_500

export function readListQuery(query: URLSearchParams): ListQuery {
  for (const name of query.keys()) if (!KNOWN.has(name)) throw badRequest(`Unknown parameter: ${name}`, name)
  const singleEvents = flag(query, 'singleEvents') ?? false
  const orderBy = choice(query, 'orderBy', ['startTime', 'updated'])
  if (orderBy === 'startTime' && !singleEvents) {
    throw badRequest('The requested ordering is not available for the particular query.', 'orderBy')
  }
  const showDeleted = flag(query, 'showDeleted')
  const syncToken = query.get('syncToken') ?? ''
  if (syncToken !== '') checkWithToken(query, showDeleted)
  const timeZone = query.get('timeZone')
  const [timeMin, timeMax] = [instant(query, 'timeMin'), instant(query, 'timeMax')]
  if (timeMin !== null && timeMax !== null && timeMax <= timeMin) {
    const words = { reason: 'timeRangeEmpty', message: 'The specified time range is empty.', domain: 'calendar' }
    throw new ApiError(400, { ...words, location: 'timeMax', locationType: 'parameter' })
  }
  return {
    maxResults: readMaxResults(query, DEFAULT_RESULTS, MAX_RESULTS),
    singleEvents,
    showDeleted,
    orderBy,
    timeMin,
    timeMax,
    updatedMin: instant(query, 'updatedMin'),
    timeZone: timeZone === null ? null : readZone(timeZone),
    iCalUID: query.get('iCalUID') ?? '',
    q: (query.get('q') ?? '').toLowerCase(),
    eventTypes: query.getAll('eventTypes'),
    privateProperties: query.getAll('privateExtendedProperty'),
    sharedProperties: query.getAll('sharedExtendedProperty'),
    syncToken,
    pageToken: query.get('pageToken') ?? '',
    syncHash: hashParams(query, NOT_HASHED),
    pageHash: hashParams(query, new Set(['pageToken'])),
  }
}

export function readZone(name: string): string {
  if (!isTimeZone(name)) throw badRequest('Invalid time zone definition.', 'timeZone')
  return name
}

function checkWithToken(query: URLSearchParams, showDeleted: boolean | null): void {
  const wrong = NOT_WITH_TOKEN.find(name => query.has(name))
  if (wrong !== undefined) {
    throw badRequest('Sync token cannot be used together with the other parameters of the query.', wrong)
  }
  if (showDeleted === false) {
    throw badRequest('Deleted entries cannot be left out of a list of changes.', 'showDeleted')
  }
}

export function flag(query: URLSearchParams, name: string): boolean | null {
  const text = query.get(name)
  if (text === null) return null
  if (text !== 'true' && text !== 'false') throw badRequest(`Invalid value for: ${name}`, name)
  return text === 'true'
}

function choice<const T extends string>(query: URLSearchParams, name: string, choices: readonly T[]): T | null {
  const text = query.get(name)
  if (text === null) return null
  const found = choices.find(one => one === text)
  if (found === undefined) throw badRequest(`Invalid value for: ${name}`, name)
  return found
}

/** An instant must say its offset. */
export function instant(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null) return null
  const at = readDateTime(text, null)
  if (at === null) throw badRequest('Bad Request', name, 'badRequest')
  return at
}
