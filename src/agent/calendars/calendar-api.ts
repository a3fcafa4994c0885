import { EcError } from '../../core/errors.ts'
import type { TimeWindow } from '../../core/item.ts'
import type { CalendarApi, CalendarItem, CalendarOccurrence } from '../http/api.ts'
import type { Answers } from './answers.ts'
import {
  findItems,
  listCalendars,
  readOccurrences,
  readProgress,
  type Calendar,
  type CalendarsOptions,
  type Progress,
} from './calendars.ts'
import { cutTo } from './cut-to.ts'
import { freshnessOf, moveOn, type Freshness } from './freshness.ts'
import {
  calendarsKey,
  eventKey,
  eventsKey,
  itemsTag,
  progressKey,
  readTag,
  resourceTag,
  userTag,
  wholeDays,
} from './keys.ts'

export interface CalendarApiOptions extends CalendarsOptions {
  readonly answers: Answers
}

const MAX_DAYS = 366
const DAY_MS = 86_400_000
/** Longer than the id of any provider. */
const MAX_ID_CHARS = 1_024

/** An answer with how far the copies went that it was made of, which was read before them: they may be newer, never older. */
interface Kept<Rows> {
  readonly rows: Rows
  readonly progress: readonly Progress[]
}

/** Calendars of users from the copies that are here. It asks no provider. */
export function createCalendarApi(options: CalendarApiOptions): CalendarApi {
  const { store, answers } = options

  return {
    async calendars(userId) {
      const known = await answers.read(calendarsKey(userId), userId, async () => {
        const calendars = await listCalendars(options, userId)
        const value = await Promise.all(calendars.map(describe))
        return { value, tags: [userTag(userId), ...idsOf(calendars).map(resourceTag)] }
      })
      const progress = await readProgressOf(userId)
      const byId = new Map(progress.value.map(row => [row.id, row]))
      const value = known.value.map(row => {
        const { items, freshAt } = byId.get(row.id) ?? { items: 0, freshAt: null }
        return { ...row, items, freshAt }
      })
      return { value, hit: known.hit && progress.hit, ...freshnessOf(value) }
    },

    async events(userId, window, calendar) {
      checkWindow(window)
      const days = wholeDays(window)
      const { value, hit } = await answers.read(eventsKey(userId, days, calendar), userId, async () => {
        const all = await listCalendars(options, userId)
        const calendars = calendar === null ? all : all.filter(({ ids }) => ids.includes(calendar))
        if (calendar !== null && calendars.length === 0) throw unknownCalendar()
        const progress = await progressOf(calendars)
        const rows = await readOccurrences(options, calendars, days)
        const made: Kept<readonly CalendarOccurrence[]> = { rows, progress }
        return { value: made, tags: tagsOf(userId, calendars, progress) }
      })
      return { value: cutTo(value.rows, window), hit, ...(await freshnessNow(userId, value, hit)) }
    },

    async event(userId, id) {
      if (id.length > MAX_ID_CHARS) throw unknownEvent([])
      const { value, hit } = await answers.read(eventKey(userId, id), userId, async () => {
        const calendars = await listCalendars(options, userId)
        const progress = await progressOf(calendars)
        const rows = await findItems(options, calendars, id)
        const made: Kept<readonly CalendarItem[]> = { rows, progress }
        return { value: made, tags: tagsOf(userId, calendars, progress) }
      })
      const freshness = await freshnessNow(userId, value, hit)
      if (value.rows.length === 0) throw unknownEvent(freshness.incomplete)
      return { value: value.rows, hit, ...freshness }
    },
  }

  function readProgressOf(userId: string) {
    return answers.read(progressKey(userId), userId, async () => {
      const calendars = await listCalendars(options, userId)
      const reads = idsOf(calendars).map(readTag)
      return { value: await progressOf(calendars), tags: [...tagsOf(userId, calendars, []), ...reads] }
    })
  }

  /** A read that finds nothing new leaves an answer where it is, and makes it as fresh as what would be made now. */
  async function freshnessNow(userId: string, { progress }: Kept<unknown>, hit: boolean): Promise<Freshness> {
    if (!hit) return freshnessOf(progress)
    return freshnessOf(moveOn(progress, (await readProgressOf(userId)).value))
  }

  async function describe({ resource: { id, name, provider, accountId } }: Calendar) {
    const account = accountId === null ? null : await store.getAccount(accountId)
    return { id, name, provider, account: account?.address ?? '' }
  }

  function progressOf(calendars: readonly Calendar[]): Promise<readonly Progress[]> {
    return Promise.all(calendars.map(calendar => readProgress(options, calendar)))
  }
}

/**
 * Of an answer that hangs on the items of these. A read that finds nothing new leaves it: it is as right as it was. What
 * says that a calendar is not known yet goes with the next read of it in any case.
 */
function tagsOf(userId: string, calendars: readonly Calendar[], progress: readonly Progress[]): readonly string[] {
  const { incomplete } = freshnessOf(progress)
  // Any of those by which one is seen may end its first read.
  const unread = idsOf(calendars.filter(({ resource }) => incomplete.includes(resource.id)))
  return [userTag(userId), ...idsOf(calendars).flatMap(id => [resourceTag(id), itemsTag(id)]), ...unread.map(readTag)]
}

function idsOf(calendars: readonly Calendar[]): readonly string[] {
  return calendars.flatMap(({ ids }) => ids)
}

function checkWindow({ from, to }: TimeWindow): void {
  if (to > from && to - from <= MAX_DAYS * DAY_MS) return
  const message = to > from ? `is more than ${MAX_DAYS} days after \`from\`` : 'is not after `from`'
  throw new EcError('EC_FIELD_INVALID', `to: ${message}`, {
    hint: 'ask for a shorter time, several times',
    details: { errors: [{ path: 'to', message }] },
  })
}

function unknownCalendar(): EcError {
  return new EcError('EC_NOT_FOUND', 'the user has no such calendar', {
    hint: 'list them: GET /api/calendars/USER',
  })
}

function unknownEvent(incomplete: readonly string[]): EcError {
  const unread = incomplete.length > 0
  return new EcError('EC_NOT_FOUND', unread ? 'no calendar that was read has it' : 'no calendar of the user has it', {
    hint: unread
      ? 'not all calendars have been read yet; try again later'
      : 'list what there is: GET /api/calendars/USER/events',
  })
}
