import { progressKey, type EcEvent } from '../../src/core/event.ts'

interface Running {
  readonly seq: number
  readonly event: EcEvent
  readonly heardAt: number
}

/** A job that is silent for so long has probably ended without a word. */
const SILENT_MS = 3_600_000
const MAX_JOBS = 100

/** The newest progress of each job that goes on. */
export class ProgressBoard {
  readonly #jobs = new Map<string, Running>()
  #shown: readonly EcEvent[] | null = []

  /** In the order in which the jobs were first heard of. */
  get shown(): readonly EcEvent[] {
    return (this.#shown ??= [...this.#jobs.values()].map(({ event }) => event))
  }

  /** Takes an event for what it says of a job: progress, or the end. True when it is progress. */
  take(seq: number, event: EcEvent, now: number): boolean {
    const key = progressKey(event)
    if (key === null) {
      const ended = event.type === 'job.done' ? progressKey({ ...event, type: 'job.progress' }) : null
      // A job of the same name may have begun anew since.
      if (ended !== null && (this.#jobs.get(ended)?.seq ?? seq) < seq) this.#drop(ended)
      return false
    }
    const known = this.#jobs.get(key)
    if (known !== undefined && known.seq > seq) return true
    this.#jobs.set(key, { seq, event, heardAt: now })
    if (this.#jobs.size > MAX_JOBS) this.#drop([...this.#jobs.keys()][0] ?? '')
    this.#shown = null
    return true
  }

  /** Progress that was taken back. */
  retract(id: string): void {
    for (const [key, { event }] of this.#jobs) if (event.id === id) this.#drop(key)
  }

  /** Lets go of jobs that have been silent for long; when to look again, or null. */
  expire(now: number): number | null {
    let next: number | null = null
    for (const [key, { heardAt }] of this.#jobs) {
      if (heardAt + SILENT_MS <= now) this.#drop(key)
      else next = Math.min(next ?? Infinity, heardAt + SILENT_MS)
    }
    return next
  }

  clear(): void {
    this.#jobs.clear()
    this.#shown = []
  }

  #drop(key: string): void {
    if (this.#jobs.delete(key)) this.#shown = null
  }
}
