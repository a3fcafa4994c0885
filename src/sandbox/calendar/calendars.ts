import { forbidden, notFound } from '../http/api-error.ts'
import type { Random } from '../random.ts'
import { createEventBook, type EventBook } from './event-book.ts'

export const ROLES = ['freeBusyReader', 'reader', 'writerWithoutPrivateAccess', 'writer', 'owner'] as const
export type Role = (typeof ROLES)[number]

export interface CalendarTraits {
  readonly summary: string
  readonly description: string
  readonly location: string
  readonly timeZone: string
}

export interface Calendar {
  readonly id: string
  readonly owner: string
  readonly book: EventBook
  /** Holidays and birthdays can never be watched. */
  readonly isWatchable: boolean
  readonly roles: Map<string, Role>
  traits: CalendarTraits
}

export interface NewCalendar {
  readonly id?: string
  readonly owner: string
  readonly summary: string
  readonly timeZone: string
  readonly isWatchable?: boolean
}

/** Told of each change, with the calendar or the account whose list it is. */
export interface CalendarListener {
  eventsChanged(calendar: Calendar): void
  /** The account can no longer read it. */
  accessEnded(calendar: Calendar, account: string): void
  listChanged(account: string): void
}

export interface Calendars {
  add(calendar: NewCalendar): Calendar
  remove(calendar: Calendar): void
  /** Null takes the access away. */
  share(calendar: Calendar, account: string, role: Role | null): void
  get(id: string): Calendar | undefined
  /** What the account calls so, `primary` too; 404 without at least `least`, 403 when it may only see when it is busy. */
  open(account: string, id: string, least: Role): { readonly calendar: Calendar; readonly role: Role }
  all(): Iterable<Calendar>
  hear(listener: CalendarListener): void
  readonly tell: CalendarListener
}

const MAX_CALENDARS = 1_000

export function createCalendars(random: Random, startedAt: number): Calendars {
  const calendars = new Map<string, Calendar>()
  const listeners: CalendarListener[] = []
  const tell: CalendarListener = {
    eventsChanged: calendar => listeners.forEach(one => one.eventsChanged(calendar)),
    accessEnded: (calendar, account) => listeners.forEach(one => one.accessEnded(calendar, account)),
    listChanged: account => listeners.forEach(one => one.listChanged(account)),
  }

  return {
    tell,
    add({ owner, summary, timeZone, isWatchable = true, ...given }) {
      if (calendars.size >= MAX_CALENDARS) throw forbidden('Calendar usage limits exceeded.', 'quotaExceeded')
      const id = given.id ?? `c_${random.text(24)}@group.calendar.google.com`
      const roles = new Map<string, Role>([[owner, 'owner']])
      const traits = { summary, description: '', location: '', timeZone }
      const book = createEventBook(`${startedAt}-${random.text(8)}`)
      const made: Calendar = { id, owner, roles, isWatchable, traits, book }
      calendars.set(id, made)
      tell.listChanged(owner)
      return made
    },
    remove(calendar) {
      calendars.delete(calendar.id)
      for (const account of calendar.roles.keys()) {
        tell.accessEnded(calendar, account)
        tell.listChanged(account)
      }
    },
    share(calendar, account, role) {
      if (role === null) {
        if (!calendar.roles.delete(account)) return
        tell.accessEnded(calendar, account)
      } else calendar.roles.set(account, role)
      tell.listChanged(account)
    },
    get: id => calendars.get(id),
    all: () => calendars.values(),
    open(account, id, least) {
      const calendar = calendars.get(id === 'primary' ? account : id)
      const role = calendar?.roles.get(account)
      if (calendar === undefined || role === undefined) throw notFound()
      if (ROLES.indexOf(role) < ROLES.indexOf(least)) {
        throw forbidden(`You need to have ${least} access to this calendar.`, 'requiredAccessLevel')
      }
      return { calendar, role }
    },
    hear: listener => void listeners.push(listener),
  }
}
