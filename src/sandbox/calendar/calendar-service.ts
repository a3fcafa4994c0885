import type { Clock } from '../../core/clock.ts'
import type { Manners } from '../manners.ts'
import type { Gate } from '../oauth/gate.ts'
import type { Pusher } from '../push/pusher.ts'
import type { Random } from '../random.ts'
import { createCalendarLists, type CalendarLists } from './calendar-lists.ts'
import { createCalendars, type Calendar, type Calendars } from './calendars.ts'
import { createChannels, type Channels } from './channels.ts'
import type { WriteContext } from './write-event.ts'

/** All that Google Calendar is, here. */
export interface CalendarService {
  readonly clock: Clock
  readonly random: Random
  readonly manners: () => Manners
  readonly gate: Gate
  readonly calendars: Calendars
  readonly lists: CalendarLists
  readonly channels: Channels
  /** For one write by an account; after it `changed` tells the channels. */
  writing(calendar: Calendar, account: string): WriteContext
  changed(calendar: Calendar): void
}

export interface CalendarServiceParts {
  readonly clock: Clock
  readonly random: Random
  readonly manners: () => Manners
  readonly gate: Gate
  readonly pusher: Pusher
}

export function createCalendarService(parts: CalendarServiceParts): CalendarService {
  const { clock, random, manners, gate } = parts
  const calendars = createCalendars(random.fork(), clock.now())
  const lists = createCalendarLists(calendars)
  const channels = createChannels({ ...parts, random: random.fork() })
  const ids = random.fork()
  calendars.hear({
    eventsChanged: calendar => channels.tell(calendar.id, null, 'exists'),
    accessEnded: (calendar, account) => channels.tell(calendar.id, account, 'not_exists'),
    listChanged: account => channels.tell('', account, 'exists'),
  })
  return {
    clock,
    random: random.fork(),
    manners,
    gate,
    calendars,
    lists,
    channels,
    writing: (calendar, account) => ({
      calendar,
      account,
      now: clock.now(),
      newId: () => ids.text(26, ID_LETTERS),
    }),
    changed: calendar => calendars.tell.eventsChanged(calendar),
  }
}

/** What the id of an event may be made of. */
const ID_LETTERS = '0123456789abcdefghijklmnopqrstuv'
