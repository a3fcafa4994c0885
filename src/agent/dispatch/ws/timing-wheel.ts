import type { Clock } from '../../../core/clock.ts'

/** What can be woken. The two numbers belong to the wheel; -1 = not on it. */
export interface Wakeable {
  wheelSlot: number
  wheelIndex: number
  /** Called once; whoever wants more schedules itself again. */
  wake(): void
}

const TICK_MS = 1000
const SLOTS = 64

/**
 * One timer for all connections: those that are due in the same second stand in the same slot. Setting, moving and
 * removing cost the same however many there are. Its time counts ticks, so a pause of the whole process (sleep, a slow
 * disk) makes everybody wait and nobody late. It stands still while nobody is on it.
 */
export class TimingWheel {
  readonly #clock: Clock
  readonly #slots: Wakeable[][] = Array.from({ length: SLOTS }, () => [])
  #tick = 0
  /** When the present tick began, on the monotonic clock. */
  #tickAt = 0
  #size = 0
  #running = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** ms, only to be compared with itself. */
  get now(): number {
    return this.#tick * TICK_MS
  }

  /**
   * Wakes the entry after `ms`, never before and less than a second late, in the place of what was set before; after a
   * minute at the latest.
   */
  schedule(entry: Wakeable, ms: number): void {
    this.remove(entry)
    if (!this.#running) this.#arm()
    const begun = Math.min(this.#clock.monotonic() - this.#tickAt, TICK_MS)
    const ticks = Math.min(Math.max(1, Math.ceil((ms + begun) / TICK_MS)), SLOTS - 1)
    entry.wheelSlot = (this.#tick + ticks) % SLOTS
    const slot = this.#slotAt(entry.wheelSlot)
    entry.wheelIndex = slot.push(entry) - 1
    this.#size += 1
  }

  remove(entry: Wakeable): void {
    if (entry.wheelSlot < 0) return
    const slot = this.#slotAt(entry.wheelSlot)
    const last = slot.pop()
    if (last !== undefined && last !== entry) {
      slot[entry.wheelIndex] = last
      last.wheelIndex = entry.wheelIndex
    }
    entry.wheelSlot = -1
    this.#size -= 1
  }

  #arm(): void {
    this.#running = true
    this.#tickAt = this.#clock.monotonic()
    this.#clock.setTimer(() => this.#turn(), TICK_MS)
  }

  #turn(): void {
    this.#tick += 1
    const index = this.#tick % SLOTS
    const due = this.#slotAt(index)
    this.#slots[index] = []
    this.#size -= due.length
    for (const entry of due) entry.wheelSlot = -1
    this.#running = false
    if (this.#size > 0) this.#arm()
    for (const entry of due) entry.wake()
  }

  #slotAt(index: number): Wakeable[] {
    const slot = this.#slots[index]
    if (slot === undefined) throw new RangeError(`the wheel has no slot ${index}`)
    return slot
  }
}
