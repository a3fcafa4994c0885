import type { SandboxControl } from '#ec/sandbox/control/control.js'
import { CALENDARS, SHARED, type HistoryStep } from './history-steps.ts'

export const PERSON = 'ana@example.com'
export const COLLEAGUE = 'ben@example.com'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const RULES = [
  { rule: 'RRULE:FREQ=DAILY;COUNT=9', days: 1 },
  { rule: 'RRULE:FREQ=WEEKLY;COUNT=12', days: 7 },
  { rule: 'RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260601T000000Z', days: 14 },
  { rule: 'RRULE:FREQ=DAILY;INTERVAL=3', days: 3 },
] as const

type Step<Kind extends HistoryStep['kind']> = Extract<HistoryStep, { readonly kind: Kind }>

/** One of those that there are at this moment. */
interface Pick {
  readonly on: number
  readonly which: number
}

/** A mail of the sandbox's. */
export interface ReceivedMail {
  readonly id: string
  /** When it came into the inbox unread; null = it did not. */
  inboxAt: number | null
  place: 'inbox' | 'elsewhere' | 'brought in' | 'deleted'
}

/** What other people do to the calendars and the mail of a person, by number. */
export class SandboxDeeds {
  /** Theirs come first, then the person's own. */
  readonly calendars: readonly string[]
  readonly mails: ReceivedMail[] = []
  readonly #control: SandboxControl
  #names = 0

  constructor(control: SandboxControl) {
    this.#control = control
    this.calendars = Array.from({ length: CALENDARS }, (_, n) => {
      if (n === SHARED) return PERSON
      const { id } = control.mutate({ do: 'calendar.create', account: ownerOf(n), summary: `Calendar ${n}` })
      if (n < SHARED) control.mutate({ do: 'calendar.share', calendar: id, with: PERSON, role: 'reader' })
      return String(id)
    })
  }

  /** What a calendar begins with: events, and series of which some days are others. */
  fill(on: number, count: number): void {
    for (let n = 0; n < count % 3; n += 1) {
      this.createSeries({ on, day: n, rule: (on + n) % RULES.length })
      this.changeInstance({ on, which: n, nth: 1, how: 'cancel' })
      this.changeInstance({ on, which: n, nth: 2, how: 'rename' })
    }
    for (let n = 0; n < count; n += 1) this.create({ on, day: n, allDay: n % 5 === 4 })
  }

  create({ on, day, allDay }: Omit<Step<'create'>, 'kind'>): void {
    const whole = { start: onDay(this.#midnight(day)), end: onDay(this.#midnight(day + 1)) }
    this.#insert(on, { summary: this.#name('Event'), ...(allDay ? whole : this.#span(day, 10)) })
  }

  createMany({ on, count }: Omit<Step<'burst'>, 'kind'>): void {
    for (let n = 0; n < count; n += 1) this.create({ on, day: n % 28, allDay: false })
  }

  createSeries({ on, day, rule }: Omit<Step<'series'>, 'kind'>): void {
    this.#insert(on, { summary: this.#name('Series'), ...this.#span(day, 9), recurrence: [RULES[rule]?.rule] })
  }

  reschedule({ day, ...one }: Step<'reschedule'>): void {
    this.#change(one.on, this.#pick(one), this.#span(day, 15))
  }

  rename(one: Pick): void {
    this.#change(one.on, this.#pick(one), { summary: this.#name('Renamed') })
  }

  changeRule({ rule, ...one }: Step<'rule'>): void {
    this.#change(one.on, this.#pickSeries(one)?.id ?? NOTHING, { recurrence: [RULES[rule]?.rule] })
  }

  /** By the id that Google gives to one of a series: that of the series and its original start. */
  changeInstance({ on, which, nth, how }: Omit<Step<'instance'>, 'kind'>): void {
    const series = this.#pickSeries({ on, which })
    if (series === undefined) return
    const days = RULES.find(({ rule }) => series.rules.includes(rule))?.days ?? 1
    const start = new Date(series.start + nth * days * DAY).toISOString().replace(/[-:]|\.\d+/g, '')
    const id = `${series.id}_${start}`
    if (how === 'cancel') return this.#delete(on, id)
    this.#change(on, id, how === 'move' ? this.#span(nth, 17) : { summary: this.#name('One of it') })
  }

  delete(one: Pick): void {
    this.#delete(one.on, this.#pick(one))
  }

  endSeries(one: Pick): void {
    this.#delete(one.on, this.#pickSeries(one)?.id ?? NOTHING)
  }

  clear(on: number): void {
    for (const id of this.#living(on)) this.#delete(on, id)
  }

  move({ to, ...one }: Step<'move'>): void {
    const [calendar, destination] = [this.id(one.on), this.id(to)]
    this.mutate({ do: 'event.move', account: ownerOf(one.on), calendar, id: this.#pick(one), destination })
  }

  receive(labels: readonly string[]): void {
    const subject = this.#name('Mail')
    const { id } = this.#control.mutate({ do: 'mail.receive', account: PERSON, subject, labels })
    const isWanted = labels.includes('INBOX') && labels.includes('UNREAD')
    this.mails.push({
      id: String(id),
      inboxAt: isWanted ? this.#control.now() : null,
      place: labels.includes('INBOX') ? 'inbox' : 'elsewhere',
    })
  }

  /** Out of the spam into the inbox. */
  bringIn(which: number): void {
    const mail = oneOf(
      this.mails.filter(({ place }) => place === 'elsewhere'),
      which,
    )
    if (mail === undefined) return
    this.mutate({ do: 'mail.label', account: PERSON, id: mail.id, add: ['INBOX', 'UNREAD'], remove: ['SPAM', 'SENT'] })
    mail.inboxAt = this.#control.now()
    mail.place = 'brought in'
  }

  deleteMail(which: number): void {
    const mail = oneOf(
      this.mails.filter(({ place }) => place !== 'deleted'),
      which,
    )
    if (mail === undefined) return
    this.mutate({ do: 'mail.delete', account: PERSON, id: mail.id })
    mail.place = 'deleted'
  }

  /** What the service refuses has not happened: to change what is deleted, to move it to where it was. */
  mutate(action: Readonly<Record<string, unknown>>): void {
    try {
      this.#control.mutate(action)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ApiError') throw error
    }
  }

  id(on: number): string {
    return this.calendars[on] ?? PERSON
  }

  #insert(on: number, event: object): void {
    this.mutate({ do: 'event.create', account: ownerOf(on), calendar: this.id(on), event })
  }

  #change(on: number, id: string, event: object): void {
    this.mutate({ do: 'event.patch', calendar: this.id(on), id, event })
  }

  #delete(on: number, id: string): void {
    this.mutate({ do: 'event.delete', calendar: this.id(on), id })
  }

  #living(on: number): readonly string[] {
    const events = this.#control.events(this.id(on))
    return events.flatMap(({ id, status }) => (status === 'cancelled' ? [] : [String(id)]))
  }

  #pick({ on, which }: Pick): string {
    return oneOf(this.#living(on), which) ?? NOTHING
  }

  #pickSeries({ on, which }: Pick) {
    const series = this.#control.events(this.id(on)).flatMap(({ id, recurrence, start }) => {
      if (!Array.isArray(recurrence)) return []
      return [{ id: String(id), rules: recurrence.map(String), start: Date.parse(String(Object(start)['dateTime'])) }]
    })
    return oneOf(series, which)
  }

  #span(day: number, hour: number) {
    // Never the same twice, so that it is another time at each change.
    const start = this.#midnight(day) + hour * HOUR + (this.#names++ % 50) * MINUTE
    return { start: atTime(start), end: atTime(start + 30 * MINUTE) }
  }

  #midnight(day: number): number {
    return (Math.floor(this.#control.now() / DAY) + day) * DAY
  }

  #name(what: string): string {
    return `${what} ${(this.#names += 1)}`
  }
}

/** The id of nothing that there is. */
const NOTHING = '-'

function oneOf<T>(list: readonly T[], which: number): T | undefined {
  return list[which % Math.max(1, list.length)]
}

function ownerOf(on: number): string {
  return on < SHARED ? COLLEAGUE : PERSON
}

function atTime(ms: number) {
  return { dateTime: new Date(ms).toISOString(), timeZone: 'Europe/Madrid' }
}

function onDay(ms: number) {
  return { date: new Date(ms).toISOString().slice(0, 10) }
}
