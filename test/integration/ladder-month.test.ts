import { describe, expect, it } from 'vitest'
import type { LadderStep } from '#ec/core/config.js'
import { createRandom, type Random } from '../durability/random.ts'
import { Delivery } from '../support/delivery.ts'
import { LadderModel, type ModelDevice, type ModelEvent, type ModelPerson } from '../support/ladder-model.ts'
import { LONG } from '../support/long.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const LADDERS: Readonly<Record<string, readonly LadderStep[]>> = {
  'job.done': [
    { channel: 'push', after: 30 * MINUTE, unless: 'read' },
    { channel: 'push', after: 4 * HOUR, unless: 'read' },
  ],
  'action.required': [
    { channel: 'push', after: 30 * MINUTE, unless: 'read' },
    { channel: 'push', after: 4 * HOUR, unless: 'answered' },
  ],
}
const TYPES = ['job.done', 'job.done', 'action.required', 'message.new', 'reminder.due', 'system.alert'] as const
const MARKS = ['seen', 'seen', 'read', 'archived', 'retracted', 'answered'] as const
const THREADS = ['t1', 't2', 't3'] as const

const PEOPLE: readonly (readonly [id: string, person: ModelPerson, devices: number])[] = [
  ['ann', { zone: 'Europe/Madrid', quiet: { from: '22:00', to: '07:00' }, mutes: [] }, 2],
  ['bob', { zone: 'America/New_York', quiet: { from: '23:30', to: '06:15' }, mutes: [] }, 1],
  ['cho', { zone: 'Asia/Kolkata', quiet: { from: '21:45', to: '08:30' }, mutes: [] }, 1],
  ['dan', { zone: 'America/Santiago', quiet: null, mutes: [] }, 1],
]

interface Phone extends ModelDevice {
  readonly path: string
  readonly endpoint: string
}

/** A month in which everything random comes from the seed, and the model is told of all that happens. */
class Month {
  readonly shown: string[] = []
  readonly events: ModelEvent[] = []
  readonly model: LadderModel
  readonly #d: Delivery
  readonly #random: Random
  readonly #people = new Map(PEOPLE.map(([id, person]) => [id, { ...person }]))
  readonly #phones: Phone[] = []
  #taken = 0

  constructor(d: Delivery, seed: number) {
    this.#d = d
    this.#random = createRandom(seed)
    this.model = new LadderModel(this.#people, LADDERS)
  }

  async begin(): Promise<void> {
    for (const [user, { zone, quiet }, devices] of PEOPLE) {
      await this.#d.know(user, { tz: zone })
      await this.#d.prefer(user, { quiet_hours: quiet })
      for (let i = 0; i < devices; i++) {
        const address = this.#d.service.subscribe()
        const { device } = await this.#d.subscribe(user, address)
        const { pathname } = new URL(address.endpoint)
        this.#phones.push({ id: device.id, user, isOut: false, path: pathname, endpoint: address.endpoint })
      }
    }
    this.model.devices.push(...this.#phones)
  }

  async live(days: number): Promise<void> {
    for (const end = this.#d.clock.now() + days * DAY; this.#d.clock.now() < end;) {
      await this.#happen()
      await this.#passTo(this.#d.clock.now() + this.#random.between(1, 300) * MINUTE)
    }
    for (const phone of this.#phones) this.#turn(phone, false)
    await this.#passTo(this.#d.clock.now() + 3 * DAY)
  }

  async #happen(): Promise<void> {
    const what = this.#random.next()
    if (what < 0.45) await this.#emit()
    else if (what < 0.67) await this.#mark()
    else if (what < 0.75) await this.#snooze()
    else if (what < 0.81) this.#look()
    else if (what < 0.86) await this.#mute()
    else if (what < 0.92)
      this.#turn(this.#phones[this.#random.between(0, this.#phones.length - 1)], this.#random.oneIn(2))
    else if (what < 0.94) await this.#d.crash()
    else if (what < 0.96) await this.#d.restart()
    else if (what < 0.98) await this.#away()
  }

  async #emit(): Promise<void> {
    const [user] = this.#random.pick([['ann'], ['bob'], ['cho'], ['dan']])
    if (user === undefined) return
    const now = this.#d.clock.now()
    const type = this.#random.pick(TYPES)
    const thread = this.#random.pick(THREADS)
    const critical = type === 'system.alert' && this.#random.oneIn(2)
    const expiresAt = this.#random.oneIn(3) ? now + this.#random.between(1, 600) * MINUTE : Infinity
    const id = await this.#d.emit({
      user_id: user,
      type,
      thread,
      // Messages of a thread would wait for each other.
      collapse_key: `one ${this.events.length}`,
      level: critical ? 'critical' : 'info',
      ...(expiresAt === Infinity ? {} : { expires_at: new Date(expiresAt).toISOString() }),
      ...(type === 'action.required' ? { data: { options: ['yes', 'no'], default_option: 'no' } } : {}),
    })
    const event = { id, user, type, critical, thread, emittedAt: now, expiresAt }
    this.events.push(event)
    this.model.emit(event)
  }

  /** One of the last events, so that steps of it are still to come. */
  #pick(): ModelEvent | undefined {
    return this.events[this.events.length - this.#random.between(1, 8)]
  }

  async #mark(): Promise<void> {
    const [event, what] = [this.#pick(), this.#random.pick(MARKS)]
    if (event === undefined) return
    if (what !== 'answered') await this.#d.mark(event.id, what, event.user)
    else if (event.type !== 'action.required' || this.model.isOver(event, 'answered', this.#d.clock.now())) return
    else await this.#d.questions.answerAs(event.user, event.id, { option: 'yes', input: null }, 'ses_1')
    this.model.mark(event.id, what)
  }

  async #snooze(): Promise<void> {
    const event = this.#pick()
    if (event === undefined) return
    const ms = this.#random.between(1, 900) * MINUTE
    this.model.snooze(event, this.#d.clock.now() + ms)
    await this.#d.snooze(event.id, ms, event.user)
  }

  #look(): void {
    const presence = this.#random.oneIn(2)
      ? { focused: 0, threads: [] }
      : { focused: 1, threads: [this.#random.pick(THREADS)] }
    this.#d.presence = presence
    this.model.presence = presence
  }

  async #mute(): Promise<void> {
    const [id = '', person] = [...this.#people][this.#random.between(0, 3)] ?? []
    if (person === undefined) return
    const until = this.#d.clock.now() + this.#random.between(10, 1000) * MINUTE
    const thread = this.#random.pick(THREADS)
    person.mutes = this.#random.oneIn(3) ? [] : [{ thread, until }]
    await this.#d.prefer(id, {
      mute: person.mutes.map(mute => ({ thread, until: new Date(mute.until).toISOString() })),
    })
  }

  #turn(phone: Phone | undefined, isOut: boolean): void {
    if (phone === undefined) return
    phone.isOut = isOut
    this.#d.service.stand(phone.endpoint, isOut ? 503 : null)
  }

  /** The agent ends, and starts again later. */
  async #away(): Promise<void> {
    this.#d.clock.advance(this.#random.between(1, 600) * MINUTE)
    await this.#d.crash()
  }

  /** From instant to instant at which the agent or the model has something to do. */
  async #passTo(end: number): Promise<void> {
    for (;;) {
      const now = this.#d.clock.now()
      const next = Math.min(this.model.next(), await this.#nextJob())
      if (next > end) return this.#d.clock.advance(end - now)
      await this.#d.pass(Math.max(0, next - now))
      this.#compare()
    }
  }

  async #nextJob(): Promise<number> {
    const { rows } = await this.#d.backend.store.listJobs({ state: 'delayed', limit: 1000 })
    return Math.min(Infinity, ...rows.map(job => job.runAt).filter(at => at > this.#d.clock.now()))
  }

  /** What has come at this instant is what had to come. */
  #compare(): void {
    const now = this.#d.clock.now()
    const before = this.model.shown.length
    this.model.live(now)
    const came = this.#d.service.received.slice(this.#taken).map(({ path, message }) => {
      const phone = this.#phones.find(one => one.path === path)
      return `${message.ec.id} ${phone?.id} ${new Date(now).toISOString()}`
    })
    this.#taken += came.length
    this.shown.push(...came)
    const due = this.model.shown.slice(before)
    expect(came.map(this.#tell).toSorted()).toEqual(due.map(this.#tell).toSorted())
  }

  /** With what is known of the event, for whoever reads of a difference. */
  readonly #tell = (line: string): string => {
    const event = this.events.find(({ id }) => line.startsWith(id))
    return `${line}: ${event?.type} of ${event?.user}, emitted ${new Date(event?.emittedAt ?? 0).toISOString()}`
  }
}

describe('a month of ladders', () => {
  // The third has all that once went wrong: nights with several steps, shorter snoozes, and a phone that failed for good.
  it.each(LONG ? Array.from({ length: 40 }, (_, place) => place + 1) : [3])(
    'shows each event when it has to, and never else (seed %i)',
    async seed => {
      const d = await Delivery.open({ ladders: LADDERS, governor: { min: 1_000_000, rate: 0 } })
      // The clocks of New York and Madrid change in this month.
      d.clock.jump(Date.parse('2026-03-05T12:00:00Z') - d.clock.now())
      const month = new Month(d, seed)
      await month.begin()
      await month.live(30)
      // A month in which little comes would prove little.
      expect(month.shown.length).toBeGreaterThan(100)
      expect(new Set(month.shown).size).toBe(month.shown.length)
    },
    240_000,
  )
})
