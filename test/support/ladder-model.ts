import type { LadderStep } from '#ec/core/config.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
/** Tries at a device after the first, as docs/routing.md says. */
const WAITS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE]
/** How long push waits for somebody who looks, by type; none for any other. */
const SIGHT: Readonly<Record<string, number>> = {
  'job.done': 10 * SECOND,
  'action.required': 8 * SECOND,
  'message.new': 20 * SECOND,
  'system.alert': 10 * SECOND,
}

export interface ModelPerson {
  readonly zone: string
  /** `HH:MM`, over midnight; null = none. */
  quiet: { readonly from: string; readonly to: string } | null
  mutes: readonly { readonly thread: string; readonly until: number }[]
}

export interface ModelEvent {
  readonly id: string
  readonly user: string
  readonly type: string
  readonly critical: boolean
  readonly thread: string
  readonly emittedAt: number
  /** Infinity = never. */
  readonly expiresAt: number
}

export interface ModelDevice {
  readonly id: string
  readonly user: string
  /** It answers 503. */
  isOut: boolean
}

/** `'none'`: a step that ends with the first sign, as every one does that is no step of a ladder. */
type Unless = 'none' | 'read' | 'answered'

interface Step {
  readonly event: ModelEvent
  readonly unless: Unless
  /** The end of the snooze that it comes of; null = of none, or it has been held since. */
  readonly snooze: number | null
  /** It has just waited for somebody who looked. */
  readonly hasWaited: boolean
  readonly at: number
}

interface Try {
  readonly event: ModelEvent
  readonly unless: Unless
  readonly device: ModelDevice
  readonly queuedAt: number
  count: number
  at: number
}

interface Signs {
  readonly done: Set<string>
  snoozedUntil: number
}

/**
 * What people must be shown, and when, in plain words and one instant after the other: it knows no plan, no job and no
 * store. Whoever uses it tells it what happens, and calls `live` at each instant at which the agent is there.
 */
export class LadderModel {
  /** `event device instant`, in the order in which it happens. */
  readonly shown: string[] = []
  presence: { focused: number; threads: readonly string[] } = { focused: 0, threads: [] }
  readonly devices: ModelDevice[] = []
  readonly #people: ReadonlyMap<string, ModelPerson>
  readonly #ladders: Readonly<Record<string, readonly LadderStep[]>>
  readonly #signs = new Map<string, Signs>()
  readonly #lastShown = new Map<string, number>()
  #steps: Step[] = []
  #tries: Try[] = []

  constructor(people: ReadonlyMap<string, ModelPerson>, ladders: Readonly<Record<string, readonly LadderStep[]>>) {
    this.#people = people
    this.#ladders = ladders
  }

  emit(event: ModelEvent): void {
    this.#signs.set(event.id, { done: new Set(), snoozedUntil: -Infinity })
    const at = event.emittedAt
    this.#steps.push({ event, unless: 'none', snooze: null, hasWaited: false, at })
    for (const { after, unless } of this.#ladders[event.type] ?? []) {
      const due = at + after
      if (event.expiresAt <= due || this.#isMuted(event, due)) continue
      const until = unless === 'read' || unless === 'answered' ? unless : 'none'
      this.#steps.push({ event, unless: until, snooze: null, hasWaited: false, at: due })
    }
  }

  mark(id: string, what: string): void {
    this.#signsOf(id).done.add(what)
  }

  snooze(event: ModelEvent, until: number): void {
    this.#signsOf(event.id).snoozedUntil = until
    this.#steps.push({ event, unless: 'read', snooze: until, hasWaited: false, at: until })
  }

  /** The next instant at which something may happen. */
  next(): number {
    const tries = this.#tries.filter(one => this.#isFirst(one))
    return Math.min(Infinity, ...[...this.#steps, ...tries].map(({ at }) => at))
  }

  /** Does all that is due at an instant, also what has been due while the agent was away. */
  live(now: number): void {
    const due = this.#steps.filter(step => step.at <= now)
    this.#steps = this.#steps.filter(step => step.at > now)
    for (const step of due) this.#take(step, now)
    // What goes to one device about one event goes there one after the other.
    for (const one of this.#tries.filter(next => this.#isFirst(next))) this.#push(one, now)
  }

  /** Whether the person has done what makes a push needless. */
  isOver(event: ModelEvent, unless: Unless, now: number): boolean {
    const { done } = this.#signsOf(event.id)
    if (event.expiresAt <= now || ['retracted', 'answered', 'archived'].some(end => done.has(end))) return true
    if (done.has('read')) return unless !== 'answered'
    return done.has('seen') && unless === 'none'
  }

  #take(step: Step, now: number): void {
    const { event, unless } = step
    const { snoozedUntil } = this.#signsOf(event.id)
    if (this.isOver(event, unless, now)) return
    // The newest snooze brings it back; other steps wait with it.
    if (step.snooze !== null && step.snooze !== snoozedUntil) return
    if (snoozedUntil > now) return this.#later(step, snoozedUntil)
    if (this.#isMuted(event, now)) return
    const quietUntil = event.critical ? now : this.#endOfQuiet(event.user, now)
    if (quietUntil > now) return event.expiresAt <= quietUntil ? undefined : this.#later(step, quietUntil)
    const sight = event.critical || unless !== 'none' ? 0 : (SIGHT[event.type] ?? 0)
    if (this.presence.focused > 0 && sight > 0) {
      if (!step.hasWaited) return this.#later(step, now + sight, true)
      if (event.type === 'message.new' && this.presence.threads.includes(event.thread)) return
    }
    for (const device of this.devices.filter(({ user }) => user === event.user)) {
      this.#tries.push({ event, unless, device, queuedAt: now, count: 0, at: now })
    }
  }

  #later(step: Step, at: number, hasWaited = false): void {
    this.#steps.push({ ...step, at, hasWaited, snooze: null })
  }

  #push(one: Try, now: number): void {
    if (one.at > now) return
    const name = `${one.event.id} ${one.device.id}`
    const isSnoozed = this.#signsOf(one.event.id).snoozedUntil > now
    // Two steps that were held until the same instant are one push, and so are two of which one waited for the other.
    const isRepeated = (this.#lastShown.get(name) ?? -Infinity) >= one.queuedAt
    if (this.isOver(one.event, one.unless, now) || isSnoozed || isRepeated) return this.#end(one, now)
    if (!one.device.isOut) {
      this.shown.push(`${name} ${new Date(now).toISOString()}`)
      this.#lastShown.set(name, now)
      return this.#end(one, now)
    }
    const wait = WAITS[one.count]
    if (wait === undefined) return this.#end(one, now)
    one.count += 1
    one.at = now + wait
  }

  #end(one: Try, now: number): void {
    this.#tries = this.#tries.filter(other => other !== one)
    const next = this.#tries.find(other => other.event === one.event && other.device === one.device)
    if (next !== undefined) this.#push(next, now)
  }

  #isFirst(one: Try): boolean {
    return this.#tries.find(other => other.event === one.event && other.device === one.device) === one
  }

  #isMuted({ critical, user, thread }: ModelEvent, at: number): boolean {
    return !critical && this.#person(user).mutes.some(mute => mute.thread === thread && mute.until > at)
  }

  /** Minute by minute, as somebody would who looks at the clock. */
  #endOfQuiet(user: string, now: number): number {
    const { zone, quiet } = this.#person(user)
    if (quiet === null || !isQuiet(now, zone, quiet)) return now
    let at = Math.floor(now / MINUTE) * MINUTE
    while (isQuiet(at, zone, quiet)) at += MINUTE
    return at
  }

  #person(id: string): ModelPerson {
    const person = this.#people.get(id)
    if (person === undefined) throw new Error(`nobody is called ${id}`)
    return person
  }

  #signsOf(id: string): Signs {
    const signs = this.#signs.get(id)
    if (signs === undefined) throw new Error(`there is no event ${id}`)
    return signs
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function isQuiet(at: number, zone: string, { from, to }: { readonly from: string; readonly to: string }): boolean {
  const known = clocks.get(zone)
  const clock = known ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
  if (known === undefined) clocks.set(zone, clock)
  const time = clock.format(at)
  return time >= from || time < to
}
