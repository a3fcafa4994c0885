import type { AgentApi } from './agent-api.ts'
import { CenterError } from './center-error.ts'
import type { History } from './history.ts'
import type { Inbox } from './inbox/inbox.ts'
import type { PageClock } from './page-clock.ts'
import { isRecord } from './parse.ts'

export interface UpkeepOptions {
  readonly inbox: Inbox
  readonly history: History
  readonly api: AgentApi
  readonly clock: PageClock
  /** In [0, 1). */
  readonly random: () => number
  /** Something of the inbox has changed by it. */
  readonly changed: () => void
}

/** A need of the inbox, and when to see to it. */
interface Errand {
  readonly inMs: number
  readonly run: () => Promise<void>
}

const COUNT_AFTER_MS = 300
/** So that many pages that hear of the same do not ask at once. */
const COUNT_JITTER_MS = 400
const COUNT_EVERY_MS = 3_000
const COUNT_LATER_MS = 15_000
const AFTER_FAILURE_MS = 10_000

/** Sees to what the inbox needs and the stream does not bring, one errand at a time, and to what time brings. */
export class Upkeep {
  readonly #options: UpkeepOptions
  #timer: { cancel(): void } | null = null
  #dueAt = Number.POSITIVE_INFINITY
  #passing: { cancel(): void } | null = null
  #passesAt: number | null = null
  #isBusy = false
  #isOver = false
  #countedAt = Number.NEGATIVE_INFINITY
  #notBefore = Number.NEGATIVE_INFINITY

  constructor(options: UpkeepOptions) {
    this.#options = options
  }

  /** The inbox has changed: lets time do its work on it, and sees what it needs. */
  look(): void {
    this.#pass()
    this.#plan()
  }

  /** Things have changed for the better. */
  nudge(): void {
    this.#notBefore = Number.NEGATIVE_INFINITY
    this.#plan()
  }

  stop(): void {
    this.#isOver = true
    this.#timer?.cancel()
    this.#passing?.cancel()
  }

  #plan(): void {
    if (this.#isBusy || this.#isOver) return
    const errand = this.#next()
    if (errand === null) return
    const now = this.#options.clock.monotonic()
    const dueAt = Math.max(now + errand.inMs, this.#notBefore)
    if (this.#timer !== null && this.#dueAt <= dueAt) return
    this.#timer?.cancel()
    this.#dueAt = dueAt
    this.#timer = this.#options.clock.setTimer(() => void this.#run(), dueAt - now)
  }

  async #run(): Promise<void> {
    const { clock, changed } = this.#options
    this.#timer = null
    this.#dueAt = Number.POSITIVE_INFINITY
    const errand = this.#next()
    if (errand === null || this.#isOver) return
    this.#isBusy = true
    try {
      await errand.run()
    } catch {
      // The agent is away, or does not want: the stream says when it is back.
      this.#notBefore = clock.monotonic() + AFTER_FAILURE_MS
    }
    this.#isBusy = false
    if (this.#isOver) return
    changed()
    this.#plan()
  }

  #next(): Errand | null {
    const { inbox, history, clock, random } = this.#options
    if (inbox.cursor === null) return null
    if (inbox.items.floor === null && !inbox.items.isComplete) return { inMs: 0, run: () => history.readFirst() }
    if (inbox.missing !== null) return { inMs: 0, run: () => history.mend() }
    const question = inbox.nextUnknownAnswer()
    if (question !== null) return { inMs: 0, run: () => this.#askHow(question) }
    if (inbox.doubt === 'none') return null
    const soon = COUNT_AFTER_MS + random() * COUNT_JITTER_MS
    const spaced = this.#countedAt + COUNT_EVERY_MS - clock.monotonic()
    const inMs = inbox.doubt === 'later' ? COUNT_LATER_MS : Math.max(soon, spaced)
    return { inMs, run: () => this.#count() }
  }

  #count(): Promise<void> {
    this.#countedAt = this.#options.clock.monotonic()
    return this.#options.history.count()
  }

  /** How was a question answered, elsewhere? */
  async #askHow(question: string): Promise<void> {
    const { api, inbox } = this.#options
    try {
      const found = await api.call('GET', `api/questions/${encodeURIComponent(question)}`)
      const answer = isRecord(found) ? found['answer'] : null
      inbox.knowAnswer(question, isRecord(answer) && typeof answer['option'] === 'string' ? answer['option'] : null)
    } catch (error) {
      if (!(error instanceof CenterError) || error.status !== 404) throw error
      inbox.knowAnswer(question, null)
    }
  }

  #pass(): void {
    const { inbox, api, clock, changed } = this.#options
    if (this.#isOver) return
    const now = api.now()
    const next = inbox.expire(now)
    if (next === this.#passesAt) return
    this.#passing?.cancel()
    this.#passesAt = next
    if (next === null) return
    this.#passing = clock.setTimer(
      () => {
        this.#passesAt = null
        changed()
      },
      Math.max(MIN_PASS_MS, next - now),
    )
  }
}

const MIN_PASS_MS = 1_000
