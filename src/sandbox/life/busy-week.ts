import type { Clock } from '../../core/clock.ts'
import { peek, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import { ApiError } from '../http/api-error.ts'
import type { SandboxControl } from '../control/control.ts'
import type { Random } from '../random.ts'
import { CALENDARS, MAIL_SUBJECTS, MEETINGS, REPLIES, SENDERS } from './words.ts'

/** A week that does not end: something happens again and again until it is stopped. */
export interface Life {
  /** What has happened so far. */
  readonly steps: number
  stop(): void
}

interface LifeOptions {
  readonly control: SandboxControl
  readonly clock: Clock
  readonly random: Random
  /** Between two happenings, on average. */
  readonly everyMs: number
}

const DAY_MS = 86_400_000
const HALF_HOUR_MS = 1_800_000
/** Beyond that many a calendar rather loses meetings than gains them. */
const MAX_MEETINGS = 60

/** Threads that are still answered. */
const MAX_THREADS = 20

interface Thread {
  readonly id: string
  readonly subject: string
  /** Its first message. */
  readonly mail: string
}

/** Fills calendars and a mailbox at once, then keeps both moving. */
export function startBusyWeek({ control, clock, random, everyMs }: LifeOptions): Life {
  let steps = 0
  let timer = clock.setTimer(() => {}, 0)
  let threads: readonly Thread[] = []
  const calendars = ['primary', ...CALENDARS.map(addCalendar)] as const
  for (const calendar of calendars) for (let i = 0; i < 4; i++) create(calendar)
  for (const calendar of calendars) createSeries(calendar)
  for (let i = 0; i < 5; i++) receive()
  arm()

  function arm(): void {
    timer = clock.setTimer(step, everyMs * (0.5 + random.next()))
  }

  function step(): void {
    steps += 1
    try {
      happen()
    } catch (error) {
      // Somebody else was there first, as a client that has deleted what was to be moved.
      if (!(error instanceof ApiError)) throw error
    }
    arm()
  }

  function happen(): void {
    const dice = random.next()
    const calendar = random.pick(calendars)
    if (dice < 0.4) return receive()
    if (dice < 0.5) return readOrArchive()
    if (dice < 0.65) return isFull(calendar) ? cancel(calendar) : create(calendar)
    if (dice < 0.8) return move(calendar)
    if (dice < 0.87) return cancel(calendar)
    if (dice < 0.9) return isFull(calendar) ? cancel(calendar) : createSeries(calendar)
    return changeInstance(calendar)
  }

  function addCalendar(summary: string): string {
    return peekString(control.mutate({ do: 'calendar.create', summary }), 'id')
  }

  function isFull(calendar: string): boolean {
    return control.events(calendar).length >= MAX_MEETINGS
  }

  /** On a weekday between 9 and 18 o'clock, within the next week. */
  function slot(): { readonly start: JsonRecord; readonly end: JsonRecord } {
    const day = Math.floor(control.now() / DAY_MS) + random.between(0, 7)
    const weekday = new Date(day * DAY_MS).getUTCDay()
    const shift = weekday === 6 ? 2 : weekday === 0 ? 1 : 0
    const start = (day + shift) * DAY_MS + random.between(18, 34) * HALF_HOUR_MS
    const end = start + random.between(1, 3) * HALF_HOUR_MS
    return { start: inMadrid(start), end: inMadrid(end) }
  }

  function create(calendar: string): void {
    control.mutate({ do: 'event.create', calendar, event: { summary: random.pick(MEETINGS), ...slot() } })
  }

  function createSeries(calendar: string): void {
    const recurrence = [random.pick(['RRULE:FREQ=WEEKLY', 'RRULE:FREQ=WEEKLY;COUNT=12', 'RRULE:FREQ=DAILY;COUNT=5'])]
    control.mutate({ do: 'event.create', calendar, event: { summary: random.pick(MEETINGS), ...slot(), recurrence } })
  }

  function pickEvent(calendar: string, isSeries: boolean): string | null {
    const found = control
      .events(calendar)
      .filter(event => peekString(event, 'status') !== 'cancelled' && peekString(event, 'recurringEventId') === '')
      .filter(event => peekList(event, 'recurrence').length > 0 === isSeries)
    const chosen = found[random.between(0, Math.max(0, found.length - 1))]
    return chosen === undefined ? null : peekString(chosen, 'id')
  }

  function move(calendar: string): void {
    const id = pickEvent(calendar, false)
    if (id !== null) control.mutate({ do: 'event.patch', calendar, id, event: slot() })
  }

  function cancel(calendar: string): void {
    const id = pickEvent(calendar, random.next() < 0.1)
    if (id !== null) control.mutate({ do: 'event.delete', calendar, id })
  }

  /** One instance of a series is moved by an hour, renamed or left out. */
  function changeInstance(calendar: string): void {
    const id = pickEvent(calendar, true)
    const series = control.events(calendar).find(event => event['id'] === id)
    const first = Date.parse(peekString(series, 'start', 'dateTime'))
    if (id === null || Number.isNaN(first)) return
    const isWeekly = String(peekList(series, 'recurrence')[0]).includes('WEEKLY')
    const start = first + random.between(0, 4) * (isWeekly ? 7 : 1) * DAY_MS
    const instance = `${id}_${new Date(start).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
    const dice = random.next()
    if (dice < 0.3) return void control.mutate({ do: 'event.delete', calendar, id: instance })
    const zone = peek(series, 'start', 'timeZone')
    const at = (ms: number): JsonRecord => ({ dateTime: new Date(ms).toISOString(), timeZone: zone })
    const later = { start: at(start + 2 * HALF_HOUR_MS), end: at(start + 3 * HALF_HOUR_MS) }
    const event = dice < 0.7 ? later : { summary: `${random.pick(MEETINGS)} (this time elsewhere)` }
    control.mutate({ do: 'event.patch', calendar, id: instance, event })
  }

  function receive(): void {
    const thread = threads[random.between(0, Math.max(0, threads.length - 1))]
    if (thread !== undefined && random.next() < 0.4) {
      const { id, subject } = thread
      const reply = { subject: `Re: ${subject}`, text: random.pick(REPLIES), thread: id }
      return void control.mutate({ do: 'mail.receive', from: random.pick(SENDERS), ...reply })
    }
    const subject = random.pick(MAIL_SUBJECTS)
    const made = control.mutate({ do: 'mail.receive', from: random.pick(SENDERS), subject, text: random.pick(REPLIES) })
    const begun = { id: peekString(made, 'threadId'), mail: peekString(made, 'id'), subject }
    threads = [...threads, begun].slice(-MAX_THREADS)
  }

  function readOrArchive(): void {
    const mail = threads[random.between(0, Math.max(0, threads.length - 1))]
    if (mail !== undefined) {
      const remove = random.next() < 0.6 ? ['UNREAD'] : ['INBOX']
      control.mutate({ do: 'mail.label', id: mail.mail, remove })
    }
  }

  return {
    get steps() {
      return steps
    },
    stop: () => timer.cancel(),
  }
}

/** What a clock on the wall shows. */
function inMadrid(wall: number): JsonRecord {
  return { dateTime: new Date(wall).toISOString().slice(0, 19), timeZone: 'Europe/Madrid' }
}
