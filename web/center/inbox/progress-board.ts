import { progressKey, type EcEvent } from '../../../src/core/event.ts'

interface Running {
  readonly seq: number
  readonly event: EcEvent
  readonly heardAt: number
}

/** A job that is silent for so long has probably ended without a word. */
const SILENT_MS = 3_600_000
const MAX_JOBS = 100
const MAX_ENDED = 1_000

/** The newest progress of each job that goes on. */
export class ProgressBoard {
  readonly #jobs = new Map<string, Running>()
  /** Where the stream told of the end of a job: what comes from history may be older. */
  readonly #ended = new Map<string, number>()
  #shown: readonly EcEvent[] | null = []

  /** In the order in which the jobs were first heard of. */
  get shown(): readonly EcEvent[] {
    return (this.#shown ??= [...this.#jobs.values()].map(({ event }) => event))
  }

  /** Takes an event for what it says of a job: progress, or the end. True when it is progress. */
  take(seq: number, event: EcEvent, heardAt: number, now: number): boolean {
    const key = progressKey(event)
    if (key === null) {
      if (event.type === 'job.done') this.#end(progressKey({ ...event, type: 'job.progress' }) ?? '', seq)
      return false
    }
    const known = this.#jobs.get(key)
    const isOld = (known?.seq ?? 0) > seq || (this.#ended.get(key) ?? 0) > seq || heardAt + SILENT_MS <= now
    if (isOld) return true
    this.#jobs.set(key, { seq, event, heardAt })
    if (this.#jobs.size > MAX_JOBS) this.#drop([...this.#jobs.keys()][0] ?? '')
    this.#shown = null
    return true
  }

  /** Progress that was taken back. */
  retract(id: string): void {
    for (const [key, { seq, event }] of this.#jobs) if (event.id === id) this.#end(key, seq + 1)
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
    this.#ended.clear()
    this.#shown = []
  }

  #end(key: string, seq: number): void {
    // A job of the same name may have begun anew since.
    if ((this.#jobs.get(key)?.seq ?? seq) < seq) this.#drop(key)
    this.#ended.set(key, Math.max(seq, this.#ended.get(key) ?? 0))
    if (this.#ended.size > MAX_ENDED) this.#ended.delete([...this.#ended.keys()][0] ?? '')
  }

  #drop(key: string): void {
    if (this.#jobs.delete(key)) this.#shown = null
  }
}
