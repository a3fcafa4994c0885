import { describe, expect, it } from 'vitest'
import type { DigestRule } from '#ec/core/digest-rule.js'
import { nextDigestAt } from '#ec/core/next-digest.js'
import { createRandom } from '../durability/random.ts'
import { Delivery } from '../support/delivery.ts'
import { LONG } from '../support/long.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

interface Reader {
  readonly id: string
  readonly zone: string
  readonly rule: DigestRule
}

const READERS: readonly Reader[] = [
  { id: 'ann', zone: 'Europe/Madrid', rule: { every: 'daily', at: '02:30' } },
  { id: 'bob', zone: 'America/New_York', rule: { every: 'weekly', weekday: 'sun', at: '02:15' } },
  { id: 'cho', zone: 'Asia/Kolkata', rule: { every: '45 */6 * * *' } },
  { id: 'dan', zone: 'America/Santiago', rule: { every: 'daily', at: '00:00' } },
]

interface Item {
  readonly user: string
  readonly id: string
  readonly emittedAt: number
  /** When the person looked at it. */
  readAt: number | null
}

/**
 * Some weeks of four people's digests, in which they read, and the agent crashes, is killed while it mails, and stays away
 * for days. Everything random comes from the seed.
 */
class Weeks {
  readonly items: Item[] = []
  readonly #d: Delivery
  readonly #random: ReturnType<typeof createRandom>

  constructor(d: Delivery, seed: number) {
    this.#d = d
    this.#random = createRandom(seed)
  }

  async live(days: number): Promise<void> {
    for (const end = this.#d.clock.now() + days * DAY; this.#d.clock.now() < end;) await this.#step()
    // What is left comes with the last ones.
    for (let day = 0; day < 8; day++) await this.#d.pass(DAY)
  }

  async #step(): Promise<void> {
    const d = this.#d
    for (const { id } of READERS) if (this.#chance(0.5)) await this.#emit(id)
    if (this.#chance(0.5)) await this.#readSome()
    const what = this.#random.next()
    if (what < 0.7) await d.pass(this.#hours(9))
    else if (what < 0.8) await this.#away(this.#hours(9))
    else if (what < 0.85) await this.#away(this.#hours(100))
    else if (what < 0.92) await this.#refuse()
    else await this.#kill()
    this.#judge()
  }

  async #emit(user: string): Promise<void> {
    const title = `${user} ${this.items.length};`
    const fields = { user_id: user, type: 'message.new', channels: ['ws', 'email'], title, body: 'Hello' }
    this.items.push({ user, id: await this.#d.emit(fields), emittedAt: this.#d.clock.now(), readAt: null })
  }

  async #readSome(): Promise<void> {
    const open = this.items.filter(item => item.readAt === null).slice(-10)
    for (const item of open.filter(() => this.#chance(0.3))) {
      await this.#d.mark(item.id, 'read', item.user)
      item.readAt = this.#d.clock.now()
    }
  }

  /** The agent ends, and starts again later. */
  async #away(ms: number): Promise<void> {
    this.#d.clock.advance(ms)
    await this.#d.crash()
    await this.#d.settle()
  }

  /** The mail server asks for patience, for less than it takes to give up. */
  async #refuse(): Promise<void> {
    const d = this.#d
    for (const ms of [this.#hours(9), 6 * MINUTE]) {
      d.mails.script({ content: '451 4.3.0 later' })
      await d.pass(ms)
      d.mails.unscript()
    }
    await d.pass(18 * MINUTE)
  }

  /** The mail server takes a mail, and the agent is gone before it hears so. */
  async #kill(): Promise<void> {
    const d = this.#d
    if (!this.items.some(item => this.#isOverdue(item, d.clock.now() + 9 * HOUR))) return d.pass(this.#hours(9))
    d.mails.script({ hold: true })
    d.clock.advance(9 * HOUR)
    d.backend.queue.wake()
    await d.mails.held()
    await d.kill(() => d.mails.release())
    await d.settle()
  }

  /** Whatever has come to pass, a digest whose instant has passed has come. */
  #judge(): void {
    const late = this.items.filter(item => this.#isOverdue(item, this.#d.clock.now()))
    expect(late).toEqual([])
  }

  #isOverdue(item: Item, now: number): boolean {
    return item.readAt === null && dueAt(item) <= now && this.mailsOf(item).length === 0
  }

  /** The digests that an item was a line of. */
  mailsOf({ user, id }: Item): readonly string[] {
    const title = `${user} ${this.items.findIndex(item => item.id === id)};`
    return this.mails().flatMap(({ key, text }) => (text.includes(title) ? [key] : []))
  }

  mails(): readonly { readonly key: string; readonly user: string; readonly text: string }[] {
    return this.#d.mails.received.map(({ to, parsed }) => ({
      key: parsed.messageId ?? '',
      user: (to[0] ?? '').split('@', 1)[0] ?? '',
      text: parsed.text ?? '',
    }))
  }

  #chance(of: number): boolean {
    return this.#random.next() < of
  }

  #hours(most: number): number {
    return Math.ceil(this.#random.next() * most * 60) * MINUTE
  }
}

function dueAt({ user, emittedAt }: Item): number {
  const reader = READERS.find(({ id }) => id === user)
  return (reader && nextDigestAt(reader.rule, reader.zone, emittedAt)) ?? Infinity
}

describe('weeks of digests', () => {
  it.each([
    // The clocks of Madrid and New York change in these weeks, and those of Santiago.
    [1, '2026-03-01T12:00:00Z', 31],
    [2, '2026-10-20T12:00:00Z', LONG ? 366 : 10],
  ])(
    'bring each line once, or say why not, and one mail a period at most (seed %i)',
    async (seed, from, days) => {
      const d = await Delivery.open({ mail: true })
      d.clock.jump(Date.parse(from) - d.clock.now())
      for (const { id, zone, rule } of READERS) {
        await d.know(id, { email: `${id}@example.net`, tz: zone })
        await d.prefer(id, { digest: rule })
      }
      const weeks = new Weeks(d, seed)
      await weeks.live(days)

      for (const item of weeks.items) {
        const trace = await d.steps(item.id, item.user)
        const mails = new Set(weeks.mailsOf(item))
        const ends = trace.filter(step => step === 'email sent digest' || step === 'email dropped read')
        expect(ends, `${item.user} ${item.id}`).toHaveLength(1)
        expect(mails.size).toBe(ends[0] === 'email sent digest' ? 1 : 0)
        if (mails.size === 0) expect(item.readAt).not.toBeNull()
      }
      for (const { id, rule, zone } of READERS) {
        const keys = weeks.mails().flatMap(({ key, user }) => (user === id ? [key] : []))
        const periods = new Set(keys.map(key => readPeriod(key)))
        expect(periods.size).toBe(new Set(keys).size)
        // Each is an instant that the rule names.
        for (const period of periods) expect(nextDigestAt(rule, zone, period - 1)).toBe(period)
      }
      // It was killed while it mailed, or this would prove little; and then the mail came again, as the same one.
      const keys = weeks.mails().map(({ key }) => key)
      expect(keys.length).toBeGreaterThan(new Set(keys).size)
      expect(new Set(keys).size).toBeGreaterThan(10)
    },
    LONG ? 600_000 : 60_000,
  )
})

/** The instant that a `Message-ID` names. */
function readPeriod(key: string): number {
  const [, year, month, day, hour, minute] = /^<digest-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/.exec(key) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`)
}
