import { createHash } from 'node:crypto'
import { isRecord, peekString, type JsonRecord } from '../../core/peek.ts'
import { ApiError, badRequest, notFound } from '../http/api-error.ts'
import { readMaxResults } from '../http/max-results.ts'
import type { WireRequest } from '../http/wire.ts'
import { ROLES, type Calendar, type Calendars } from './calendars.ts'
import { flag, readZone } from './list-query.ts'
import { hashParams, readPageToken, readSyncToken, writePageToken, writeSyncToken } from './tokens.ts'

/** What an account made of a calendar in its own list. */
interface Own {
  readonly fields: JsonRecord
  /** Of the account's list, when it last changed. */
  readonly version: number
  /** `removed` by the account itself, `lost` with the access. */
  readonly state: 'shown' | 'removed' | 'lost'
}

interface AccountList {
  version: number
  epoch: string
  readonly own: Map<string, Own>
}

export interface CalendarLists {
  list(account: string, request: WireRequest, now: number): JsonRecord
  show(account: string, id: string): JsonRecord
  /** Puts a calendar that the account may see into its list, or changes what it made of it. */
  put(account: string, id: string, fields: JsonRecord): JsonRecord
  remove(account: string, id: string): void
  expireTokens(account: string): void
}

const WRITABLE = new Set(['summaryOverride', 'colorId', 'selected', 'hidden', 'defaultReminders', 'foregroundColor'])
const NOT_HASHED = new Set(['pageToken', 'syncToken', 'minAccessRole', 'showDeleted', 'showHidden', 'alt', 'fields'])

/** The list of calendars that each account has. It hears of shares and removals by itself. */
export function createCalendarLists(calendars: Calendars): CalendarLists {
  const lists = new Map<string, AccountList>()

  function listOf(account: string): AccountList {
    const known = lists.get(account)
    if (known !== undefined) return known
    const made = { version: 0, epoch: '1', own: new Map<string, Own>() }
    lists.set(account, made)
    return made
  }

  function touch(account: string, id: string, change: Partial<Own> = {}): void {
    const list = listOf(account)
    list.version += 1
    const before: Own = list.own.get(id) ?? { fields: {}, state: 'shown', version: 0 }
    list.own.set(id, { ...before, ...change, version: list.version })
  }

  calendars.hear({
    eventsChanged: () => {},
    accessEnded: (calendar, account) => touch(account, calendar.id, { state: 'lost' }),
    listChanged(account) {
      const { own } = listOf(account)
      for (const { id, roles } of calendars.all()) {
        const state = own.get(id)?.state ?? 'lost'
        if (roles.has(account) && state === 'lost') touch(account, id, { state: 'shown' })
      }
    },
  })

  function entryOf(account: string, id: string): JsonRecord {
    const own = listOf(account).own.get(id)
    const calendar = calendars.get(id)
    const role = calendar?.roles.get(account)
    if (own === undefined || own.state !== 'shown' || calendar === undefined || role === undefined) {
      return { kind: 'calendar#calendarListEntry', etag: `"${own?.version ?? 0}"`, id, deleted: true }
    }
    return {
      ...showCalendar(calendar),
      kind: 'calendar#calendarListEntry',
      etag: `"${own.version}"`,
      colorId: '14',
      selected: true,
      ...own.fields,
      accessRole: role,
      defaultReminders: [],
      ...(id === account ? { primary: true } : {}),
      dataOwner: calendar.owner,
    }
  }

  function list(account: string, { query }: WireRequest, now: number): JsonRecord {
    const mine = listOf(account)
    const syncHash = hashParams(query, NOT_HASHED)
    const since = sinceOf(mine, account, query, syncHash)
    const showDeleted = since >= 0 || flag(query, 'showDeleted') === true
    const showHidden = since >= 0 || flag(query, 'showHidden') === true
    const least = leastRole(query)
    const after = readAfter(query, account)
    const found = [...mine.own]
      .filter(([, own]) => own.version > since && (showDeleted || own.state === 'shown'))
      .map(([id, own]) => ({ entry: entryOf(account, id), key: String(own.version).padStart(12, '0') }))
      .filter(({ entry }) => showHidden || entry['hidden'] !== true)
      .filter(({ entry }) => least < 0 || ROLES.findIndex(role => role === entry['accessRole']) >= least)
      .filter(({ key }) => key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    const page = found.slice(0, readMaxResults(query, 100, 250))
    const point = { of: account, params: syncHash, since, snapshot: mine.version, isSolid: false }
    const next =
      page.length < found.length
        ? { nextPageToken: writePageToken({ ...point, after: page.at(-1)?.key ?? '' }) }
        : {
            nextSyncToken: writeSyncToken({
              of: account,
              epoch: mine.epoch,
              version: mine.version,
              params: syncHash,
              issuedAt: now,
            }),
          }
    return { kind: 'calendar#calendarList', etag: `"p${mine.version}"`, ...next, items: page.map(({ entry }) => entry) }
  }

  return {
    list,
    show(account, id) {
      const name = id === 'primary' ? account : id
      const entry = entryOf(account, name)
      if (entry['deleted'] === true) throw notFound()
      return entry
    },
    put(account, id, body) {
      const { calendar } = calendars.open(account, id, 'freeBusyReader')
      const kept = Object.entries(body).filter(([name]) => WRITABLE.has(name))
      const before = listOf(account).own.get(calendar.id)?.fields
      touch(account, calendar.id, { state: 'shown', fields: { ...before, ...Object.fromEntries(kept) } })
      calendars.tell.listChanged(account)
      return entryOf(account, calendar.id)
    },
    remove(account, id) {
      const { calendar, role } = calendars.open(account, id, 'freeBusyReader')
      if (role === 'owner') throw badRequest('The owner of a calendar cannot remove it from the list.', 'calendarId')
      touch(account, calendar.id, { state: 'removed' })
      calendars.tell.listChanged(account)
    },
    expireTokens(account) {
      const mine = listOf(account)
      mine.epoch = String(Number(mine.epoch) + 1)
    },
  }
}

function sinceOf(mine: AccountList, account: string, query: URLSearchParams, syncHash: string): number {
  const token = query.get('syncToken')
  if (token === null || token === '') return -1
  const wrong = ['minAccessRole', 'showOwnOrganizationOnly'].find(name => query.has(name))
  if (wrong !== undefined) throw badRequest('Sync token cannot be used together with the other parameters.', wrong)
  for (const name of ['showDeleted', 'showHidden']) {
    if (query.get(name) === 'false') throw badRequest('Nothing can be left out of a list of changes.', name)
  }
  const point = readSyncToken(token, account)
  if (point === null || point.params !== syncHash) throw badRequest('Invalid sync token value.', 'syncToken')
  if (point.epoch !== mine.epoch || point.version > mine.version) {
    const words = { reason: 'fullSyncRequired', message: 'Sync token is no longer valid, a full sync is required.' }
    throw new ApiError(410, { domain: 'calendar', ...words, location: 'syncToken', locationType: 'parameter' })
  }
  return point.version
}

function leastRole(query: URLSearchParams): number {
  const text = query.get('minAccessRole')
  if (text === null) return -1
  const found = ROLES.findIndex(role => role === text)
  if (found < 0) throw badRequest('Invalid value for: minAccessRole', 'minAccessRole')
  return found
}

function readAfter(query: URLSearchParams, account: string): string {
  const token = query.get('pageToken')
  if (token === null || token === '') return ''
  const point = readPageToken(token, account)
  if (point === null) throw badRequest('Invalid page token value.', 'pageToken')
  return point.after
}

/** The resource of a calendar itself. */
export function showCalendar({ id, traits }: Calendar): JsonRecord {
  const texts = Object.entries(traits).filter(([, text]) => text !== '')
  const etag = createHash('sha1').update(JSON.stringify(texts)).digest('base64url')
  return { kind: 'calendar#calendar', etag: `"${etag}"`, id, ...Object.fromEntries(texts) }
}

/** What a body says of a calendar itself. */
export function readTraits(body: JsonRecord, before: Calendar['traits']): Calendar['traits'] {
  if (!isRecord(body)) return before
  const text = (name: keyof Calendar['traits']): string =>
    typeof body[name] === 'string' ? peekString(body, name) : before[name]
  return {
    summary: text('summary'),
    description: text('description'),
    location: text('location'),
    timeZone: readZone(text('timeZone')),
  }
}
