import { openSyncWorld, type SyncWorld } from '../../bench/support/sync-world.js'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { EcError } from '#ec/core/errors.js'
import { CALENDARS, SHARED, type History, type HistoryStep } from './history-steps.ts'
import type { ExpectedMail, Outcome } from './judge-history.ts'
import { watchCopies } from './copy-watch.ts'
import { seededChance } from './seeded-chance.ts'

const PERSON = 'ana@example.com'
const COLLEAGUE = 'ben@example.com'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** So many steps pass while the agent is away. */
const AWAY_STEPS = 6
/** Whoever has found the calendar gone looks for it once a day, and a quarter more. */
const MEND = 54 * HOUR

const RULES = [
  { rule: 'RRULE:FREQ=DAILY;COUNT=9', days: 1 },
  { rule: 'RRULE:FREQ=WEEKLY;COUNT=12', days: 7 },
  { rule: 'RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260601T000000Z', days: 14 },
  { rule: 'RRULE:FREQ=DAILY;INTERVAL=3', days: 3 },
] as const

const ANSWERS = [
  { status: 503, reason: 'backendError' },
  { status: 500, reason: null },
  { status: 429, reason: 'rateLimitExceeded', retry_after: 30 },
  { status: 403, reason: 'rateLimitExceeded' },
  { status: 403, reason: 'userRateLimitExceeded' },
  { status: 502, reason: null },
] as const

const OPERATIONS = [
  {},
  { operation: 'calendar.events.list' },
  { operation: 'calendar.events.watch' },
  { operation: 'calendar.channels.stop' },
  { operation: 'gmail.*' },
  { operation: 'oauth.token' },
] as const

/** A mail of the sandbox's. */
interface ReceivedMail {
  readonly id: string
  /** When it came into the inbox unread; null = it did not. */
  inboxAt: number | null
  place: 'inbox' | 'elsewhere' | 'brought in'
}

/** The agent beside the sandbox with many calendars and a mailbox, to which a history happens. */
export class HistoryWorld {
  readonly world: SyncWorld
  readonly #resources = new Map<string, string>()
  readonly #mails: ReceivedMail[] = []
  #hasForgotten = false
  #mailbox = ''
  readonly #calendars: readonly string[]
  #account = ''
  #names = 0
  #away: { readonly how: 'down' | 'asleep'; readonly until: number; left: number } | null = null

  private constructor(world: SyncWorld, calendars: readonly string[]) {
    this.world = world
    this.#calendars = calendars
  }

  /** Everything is there, and nothing of it has been read yet. */
  static async open({ seed, before, ragged, isRough }: History): Promise<HistoryWorld> {
    const world = await openSyncWorld({
      seed,
      accounts: [PERSON, COLLEAGUE].map(email => ({ email, timeZone: 'Europe/Madrid' })),
      manners: { empty_page_rate: ragged / 200, short_page_rate: ragged / 100 },
      // A day of polling at the usual pace is thousands of reads, and none of them finds more.
      config: { sync: { ...DEFAULT_CONFIG.sync, poll: 3 * HOUR } },
      chance: seededChance(seed),
    })
    watchCopies(world.paths.store)
    const { control } = world.sandbox
    const calendars = Array.from({ length: CALENDARS }, (_, n) => {
      if (n === SHARED) return PERSON
      const account = n < SHARED ? COLLEAGUE : PERSON
      const { id } = control.mutate({ do: 'calendar.create', account, summary: `Calendar ${n}` })
      if (n < SHARED) control.mutate({ do: 'calendar.share', calendar: id, with: PERSON, role: 'reader' })
      return String(id)
    })
    const made = new HistoryWorld(world, calendars)
    for (const [on, count] of before.entries()) {
      for (let n = 0; n < count % 3; n += 1) {
        made.#createSeries({ on, day: n, rule: (on + n) % RULES.length })
        for (const how of ['cancel', 'rename'] as const) {
          made.#changeInstance({ kind: 'instance', on, which: n, nth: how === 'cancel' ? 1 : 2, how })
        }
      }
      for (let n = 0; n < count; n += 1) made.#create(on, { day: n, allDay: n % 5 === 4 })
    }
    await made.#begin(isRough)
    return made
  }

  /** Signs in, sets mail up and has everything watched; the first reads are under way when it is done. */
  async #begin(isRough: boolean): Promise<void> {
    const { world } = this
    await this.#signIn()
    const settings = { project: 'world', service_account: 'push@world.iam.gserviceaccount.com' }
    const { setup } = world.client.accounts
    const { steps } = await setup.check(this.#account, settings)
    for (const { id } of steps) await setup.do(this.#account, id, settings)
    if (isRough) {
      this.#fault({ kind: 'status', status: 503, rate: 0.3, times: 40 })
      this.#fault({ kind: 'status', status: 410, rate: 0.2, times: 6, match: { operation: 'calendar.events.list' } })
      this.#fault({ kind: 'cut', rate: 0.1, times: 20 })
    }
    for (const calendar of this.#calendars) {
      this.#resources.set(calendar, await world.goOnUntil(world.watch(this.#account, calendar)))
    }
    this.#mailbox = await world.goOnUntil(world.watch(this.#account, PERSON, 'gmail'))
  }

  async perform(step: HistoryStep & { readonly afterMs: number }): Promise<void> {
    await this.world.advance(step.afterMs)
    await this.#comeBack()
    await this.#do(step)
  }

  async #do(step: HistoryStep): Promise<void> {
    const { world } = this
    const { control } = world.sandbox
    switch (step.kind) {
      case 'create':
        return this.#create(step.on, step)
      case 'series':
        return this.#createSeries(step)
      case 'reschedule':
        return this.#change(step, this.#span(step.day, 15))
      case 'rename':
        return this.#change(step, { summary: this.#name('Renamed') })
      case 'rule':
        return this.#changeRule(step)
      case 'instance':
        return this.#changeInstance(step)
      case 'end-series':
        return this.#mutate({ do: 'event.delete', calendar: this.#id(step.on), id: this.#pickSeries(step)?.id ?? '-' })
      case 'delete':
        return this.#mutate({ do: 'event.delete', calendar: this.#id(step.on), id: this.#pick(step) })
      case 'move': {
        const [calendar, destination] = [this.#id(step.on), this.#id(step.to)]
        const account = this.#ownerOf(step.on)
        return this.#mutate({ do: 'event.move', account, calendar, id: this.#pick(step), destination })
      }
      case 'burst':
        for (let n = 0; n < step.count; n += 1) this.#create(step.on, { day: n % 28, allDay: false })
        return
      case 'clear':
        for (const { id } of this.#living(step.on)) {
          this.#mutate({ do: 'event.delete', calendar: this.#id(step.on), id })
        }
        return
      case 'expire':
        return this.#mutate({ do: 'calendar.expire-tokens', calendar: this.#id(step.on) })
      case 'mute':
        return this.#mute(step.on)
      case 'share':
        return this.#mutate({ do: 'calendar.share', calendar: this.#id(step.on), with: PERSON, role: step.role })
      case 'mail':
        return this.#receive(step.labels)
      case 'unspam':
        return this.#unspam(step.which)
      case 'forget-history':
        this.#hasForgotten = true
        return this.#mutate({ do: 'mail.expire-history' })
      case 'fault':
        return this.#order(step)
      case 'heal':
        return this.#heal()
      case 'quota':
        return void control.manners({ quota_user_per_minute: step.perMinute, quota_refusal: step.refusal })
      case 'kill':
        return this.#leave('down', step.downMs)
      case 'sleep':
        return this.#leave('asleep', step.ms)
      case 'webhooks':
        return this.#ask(() => world.client.features.set('webhooks', step.isOn))
      case 'pause': {
        const { resources } = world.client
        const id = this.#resource(step.on)
        return this.#ask(() => (step.isPaused ? resources.pause(id) : resources.resume(id)))
      }
      case 'full':
        return this.#ask(() => world.client.resources.sync(this.#resource(step.on), { full: true }))
      case 'revoke':
        return this.#mutate({ do: 'grant.revoke', account: PERSON })
      case 'sign-in':
        // The page of consent may be one of the things that do not work.
        return this.#ask(() => this.#signIn().catch(() => {}))
      case 'pass':
        return world.advance(step.ms)
      default:
        step satisfies never
    }
  }

  /** Nothing goes wrong any more, a person does what is asked of him, and as much time passes as finding out may take. */
  async mend(): Promise<void> {
    const { world } = this
    if (this.#away !== null) await this.#comeBack(true)
    this.#heal()
    for (let on = 0; on < SHARED; on += 1) {
      this.#mutate({ do: 'calendar.share', calendar: this.#id(on), with: PERSON, role: 'reader' })
    }
    await world.goOnUntil(this.#signIn())
    await this.#ask(() => world.client.features.set('webhooks', true))
    for (const id of this.#resources.values()) await this.#ask(() => world.client.resources.resume(id))
    await world.advance(MEND)
    const held = world.query<{ readonly id: string }>(
      'select id from resources join syncs on resource_n = resources.n where held_deletion is not null',
    )
    for (const { id } of held) {
      await this.#ask(() => world.client.resources.sync(id, { full: true, confirm_deletion: true }))
    }
    await world.advance(HOUR)
  }

  /** How it stands at this moment. */
  outcome(): Outcome {
    const { sandbox, query } = this.world
    return {
      resources: this.#resources,
      truth: new Map(this.#calendars.map(id => [id, sandbox.control.events(id)])),
      mailbox: this.#mailbox,
      mails: this.#mails.map(mail => ({ id: mail.id, at: mail.inboxAt ?? 0, wanted: this.#wantedOf(mail) })),
      query,
    }
  }

  /**
   * After Gmail has forgotten its history, its newest 2,000 mails since two hours before the last good read are looked
   * through, by when they were received: what came into the inbox out of another folder meanwhile may be missed.
   */
  #wantedOf({ inboxAt, place }: ReceivedMail): ExpectedMail['wanted'] {
    if (inboxAt === null) return 'never'
    return place === 'brought in' && this.#hasForgotten ? 'at most once' : 'once'
  }

  /** Requests that the services saw, and those in the ledger. */
  calls(): { readonly onWire: number; readonly inLedger: number } {
    const [row] = this.world.query<{ readonly count: number }>('select count(*) as count from calls')
    return { onWire: this.world.requests(), inLedger: row?.count ?? 0 }
  }

  close(): Promise<void> {
    return this.world.close()
  }

  async #signIn(): Promise<void> {
    this.#account = await this.world.signIn(PERSON, { providers: ['google-calendar', 'gmail'] })
  }

  async #leave(how: 'down' | 'asleep', ms: number): Promise<void> {
    const { world } = this
    if (this.#away !== null) return
    if (how === 'asleep') await world.sleep()
    else await world.stop(0)
    this.#away = { how, until: world.clock.now() + ms, left: ms === 0 ? 0 : AWAY_STEPS }
    await this.#comeBack()
  }

  async #comeBack(isNow = false): Promise<void> {
    const { world } = this
    if (this.#away === null) return
    const { how, until, left } = this.#away
    this.#away.left = left - 1
    if (left > 0 && !isNow && world.clock.now() < until) return
    await world.advanceTo(until)
    this.#away = null
    if (how === 'asleep') await world.wake()
    else await world.start()
  }

  /** Asks the agent, unless nobody is there. What contradicts itself is refused, as to resume what is not paused. */
  async #ask(question: () => Promise<unknown>): Promise<void> {
    if (this.#away !== null) return
    await this.world.goOnUntil(
      question().catch((error: unknown) => {
        if (!(error instanceof EcError) || error.code !== 'EC_CONFLICT') throw error
      }),
    )
  }

  /** What the service refuses has not happened: to change what is deleted, to move it to where it was. */
  #mutate(action: Readonly<Record<string, unknown>>): void {
    try {
      this.world.sandbox.control.mutate(action)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ApiError') throw error
    }
  }

  #create(on: number, { day, allDay }: { readonly day: number; readonly allDay: boolean }): void {
    const date = new Date(this.#midnight(day)).toISOString().slice(0, 10)
    const after = new Date(this.#midnight(day + 1)).toISOString().slice(0, 10)
    const span = allDay ? { start: { date }, end: { date: after } } : this.#span(day, 10)
    this.#insert(on, { summary: this.#name('Event'), ...span })
  }

  #createSeries({ on, day, rule }: { readonly on: number; readonly day: number; readonly rule: number }): void {
    this.#insert(on, { summary: this.#name('Series'), ...this.#span(day, 9), recurrence: [RULES[rule]?.rule] })
  }

  #insert(on: number, event: object): void {
    this.#mutate({ do: 'event.create', account: this.#ownerOf(on), calendar: this.#id(on), event })
  }

  #change({ on, which }: { readonly on: number; readonly which: number }, event: object): void {
    this.#mutate({ do: 'event.patch', calendar: this.#id(on), id: this.#pick({ on, which }), event })
  }

  #changeRule({ on, which, rule }: { readonly on: number; readonly which: number; readonly rule: number }): void {
    const id = this.#pickSeries({ on, which })?.id
    if (id === undefined) return
    this.#mutate({ do: 'event.patch', calendar: this.#id(on), id, event: { recurrence: [RULES[rule]?.rule] } })
  }

  /** By the id that Google gives to one of a series: that of the series and its original start. */
  #changeInstance({ on, which, nth, how }: Extract<HistoryStep, { readonly kind: 'instance' }>): void {
    const one = this.#pickSeries({ on, which })
    if (one === undefined) return
    const days = RULES.find(({ rule }) => one.rules.includes(rule))?.days ?? 1
    const at = new Date(one.start + nth * days * DAY).toISOString().replace(/[-:]|\.\d+/g, '')
    const [calendar, id] = [this.#id(on), `${one.id}_${at}`]
    if (how === 'cancel') return this.#mutate({ do: 'event.delete', calendar, id })
    const event = how === 'move' ? this.#span(nth, 17) : { summary: this.#name('One of it') }
    this.#mutate({ do: 'event.patch', calendar, id, event })
  }

  #mute(on: number): void {
    if (this.#away?.how === 'down') return
    const [row] = this.world.query<{ readonly id: string }>(
      `select subscriptions.id from subscriptions join resources on resource_n = resources.n
       where resources.id = ? and subscriptions.state = 'active' order by subscriptions.n desc limit 1`,
      this.#resource(on),
    )
    if (row !== undefined) this.#mutate({ do: 'channel.mute', channel: row.id })
  }

  #receive(labels: readonly string[]): void {
    const { sandbox, clock } = this.world
    const subject = this.#name('Mail')
    const { id } = sandbox.control.mutate({ do: 'mail.receive', account: PERSON, subject, labels })
    const isWanted = labels.includes('INBOX') && labels.includes('UNREAD')
    this.#mails.push({
      id: String(id),
      inboxAt: isWanted ? clock.now() : null,
      place: labels.includes('INBOX') ? 'inbox' : 'elsewhere',
    })
  }

  #unspam(which: number): void {
    const { clock } = this.world
    const waiting = this.#mails.filter(({ place }) => place === 'elsewhere')
    const mail = waiting[which % Math.max(1, waiting.length)]
    if (mail === undefined) return
    this.#mutate({ do: 'mail.label', account: PERSON, id: mail.id, add: ['INBOX', 'UNREAD'], remove: ['SPAM', 'SENT'] })
    mail.inboxAt = clock.now()
    mail.place = 'brought in'
  }

  #order({ of: on, how: kind, at, answer, rate, times }: Extract<HistoryStep, { readonly kind: 'fault' }>): void {
    const delays = { delay_ms: 25_000 }
    if (on === 'push') return this.#fault({ on, kind, rate, times, status: answer % 2 === 0 ? 503 : 429, ...delays })
    const match = OPERATIONS[at] ?? {}
    // What is never answered costs its deadline of half a minute.
    if (kind === 'drop') return this.#fault({ kind, times: Math.min(2, times), match })
    // A token that is no longer taken is told of in the middle of a list, too.
    const how = ANSWERS[answer] ?? { status: 410, reason: 'fullSyncRequired' }
    const isGone = how.status === 410
    this.#fault({
      kind,
      rate,
      times: isGone ? Math.min(3, times) : times,
      ...how,
      match: isGone ? { operation: 'calendar.events.list' } : match,
      ...delays,
    })
  }

  #fault(spec: object): void {
    const { control } = this.world.sandbox
    // One is kept for the sleep.
    if (control.faults.list().length < 60) control.fault(spec)
  }

  #heal(): void {
    const { control } = this.world.sandbox
    for (const { id, on, kind, times } of control.faults.list()) {
      // That nobody is reached while the machine sleeps is not healed.
      if (on !== 'push' || kind !== 'refuse' || times !== null) control.faults.cancel(id)
    }
    control.manners({ quota_user_per_minute: 600, quota_refusal: 403 })
  }

  #living(on: number) {
    return this.world.sandbox.control
      .events(this.#id(on))
      .flatMap(({ id, status }) => (status === 'cancelled' ? [] : [{ id: String(id) }]))
  }

  #pickSeries({ on, which }: { readonly on: number; readonly which: number }) {
    const series = this.world.sandbox.control.events(this.#id(on)).flatMap(event => {
      const { id, recurrence, start } = event
      if (!Array.isArray(recurrence)) return []
      return [{ id: String(id), rules: recurrence.map(String), start: Date.parse(String(Object(start)['dateTime'])) }]
    })
    return series[which % Math.max(1, series.length)]
  }

  /** '-' is nothing that there is. */
  #pick({ on, which }: { readonly on: number; readonly which: number }): string {
    const living = this.#living(on)
    return living[which % Math.max(1, living.length)]?.id ?? '-'
  }

  #span(day: number, hour: number) {
    // Never the same twice, so that it is another time at each change.
    const start = this.#midnight(day) + hour * HOUR + (this.#names++ % 50) * MINUTE
    return { start: at(start), end: at(start + 30 * MINUTE) }
  }

  #midnight(day: number): number {
    return (Math.floor(this.world.clock.now() / DAY) + day) * DAY
  }

  #name(what: string): string {
    return `${what} ${(this.#names += 1)}`
  }

  #id(on: number): string {
    return this.#calendars[on] ?? PERSON
  }

  #resource(on: number): string {
    return this.#resources.get(this.#id(on)) ?? ''
  }

  #ownerOf(on: number): string {
    return on < SHARED ? COLLEAGUE : PERSON
  }
}

function at(ms: number) {
  return { dateTime: new Date(ms).toISOString(), timeZone: 'Europe/Madrid' }
}
