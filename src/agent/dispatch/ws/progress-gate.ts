import type { EventItem } from '../../../backends/store.ts'

/** A job whose progress goes out: when it last did, and what waits for its turn. */
interface Lane {
  sentAt: number
  held: EventItem | null
}

/**
 * Lets the progress of each job through at most every `everyMs`, and keeps the newest of what came too early. Times are
 * ms that only grow; nothing here reads a clock.
 */
export class ProgressGate {
  readonly #everyMs: number
  readonly #lanes = new Map<string, Lane>()

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  /** True: it goes out now. False: it is kept, in the place of what was kept before. */
  pass(key: string, item: EventItem, now: number): boolean {
    const lane = this.#lanes.get(key)
    if (lane === undefined) {
      this.#lanes.set(key, { sentAt: now, held: null })
      return true
    }
    if (now - lane.sentAt < this.#everyMs) {
      lane.held = item
      return false
    }
    lane.sentAt = now
    lane.held = null
    return true
  }

  /** Keeps an item for a later turn, unless newer progress is kept by now. */
  keep(key: string, item: EventItem, now: number): void {
    const lane = this.#lanes.get(key)
    if (lane === undefined) this.#lanes.set(key, { sentAt: now, held: item })
    else if (lane.held === null) this.#lanes.set(key, { sentAt: now, held: item })
  }

  /** Takes what is kept for a job, which then has nothing more to wait for. */
  take(key: string): EventItem | null {
    const held = this.#lanes.get(key)?.held ?? null
    this.#lanes.delete(key)
    return held
  }

  /**
   * What may go out now, ascending by `seq`; `sent` says which of it did. Jobs that were silent for a while are
   * forgotten.
   */
  takeDue(now: number): readonly EventItem[] {
    const due: EventItem[] = []
    for (const [key, lane] of this.#lanes) {
      if (now - lane.sentAt < this.#everyMs) continue
      if (lane.held === null) {
        this.#lanes.delete(key)
        continue
      }
      due.push(lane.held)
      lane.held = null
    }
    return due.sort((a, b) => a.seq - b.seq)
  }

  sent(key: string, now: number): void {
    this.#lanes.set(key, { sentAt: now, held: null })
  }

  /** When there is something to do; null when nothing is kept and no job is remembered. */
  nextAt(): number | null {
    let next: number | null = null
    for (const { sentAt } of this.#lanes.values()) next = Math.min(next ?? Infinity, sentAt + this.#everyMs)
    return next
  }

  /** Everything that is kept. */
  held(): readonly EventItem[] {
    return [...this.#lanes.values()].flatMap(lane => lane.held ?? [])
  }

  get size(): number {
    return this.#lanes.size
  }
}
