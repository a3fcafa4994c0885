import type { AgentApi } from './agent-api.ts'
import type { Inbox } from './inbox/inbox.ts'
import { readRow } from './inbox/item.ts'
import { isRecord } from './parse.ts'
import { readUnread } from './stream/frame.ts'

const FIRST_PAGE = 50
const PAGE = 100
/** Pages that add nothing (progress, what was withdrawn, what is known) before a reader has to ask again. */
const MAX_EMPTY_PAGES = 20
const MEND_PAGE = 200
const MAX_MEND_PAGES = 5

/** Brings what lies before the stream into the inbox, page by page, one request at a time. */
export class History {
  readonly #api: AgentApi
  readonly #inbox: Inbox
  readonly #now: () => number
  #last: Promise<unknown> = Promise.resolve()

  constructor(api: AgentApi, inbox: Inbox, now: () => number) {
    this.#api = api
    this.#inbox = inbox
    this.#now = now
  }

  /** The newest page, unless there is one. Rejects with a `CenterError`. */
  readFirst(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#inbox.items.floor === null && !this.#inbox.items.isComplete) await this.#readPage(FIRST_PAGE)
    })
  }

  /** Older items; false when there are no more, or as many are loaded as a page may hold. */
  readMore(): Promise<boolean> {
    return this.#inTurn(async () => {
      for (let pages = 0; pages < MAX_EMPTY_PAGES; pages++) {
        if (this.#inbox.items.isComplete || this.#inbox.items.isFull) return false
        if ((await this.#readPage(PAGE)) > 0) return true
      }
      return true
    })
  }

  /** What came behind a place without being told on the stream, since it goes to other channels. */
  mend(): Promise<void> {
    return this.#inTurn(async () => {
      const { missing } = this.#inbox
      let after = missing === null ? null : String(missing.after)
      for (let pages = 0; after !== null && pages < MAX_MEND_PAGES; pages++) {
        const reading = this.#inbox.beginReading()
        try {
          const { rows, next } = await this.#list(`after=${after}&limit=${MEND_PAGE}`)
          this.#inbox.takeRows(
            reading,
            rows.flatMap(row => readRow(row) ?? []),
            this.#now(),
          )
          after = next
        } finally {
          this.#inbox.endReading(reading)
        }
      }
      if (missing !== null) this.#inbox.mended(missing.upTo)
    })
  }

  /** Asks how much is unread. */
  async count(): Promise<void> {
    const inbox = this.#inbox
    inbox.askForUnread()
    try {
      const answer = await this.#api.call('GET', 'api/inbox')
      const head = isRecord(answer) ? answer['head'] : null
      if (!isRecord(answer) || typeof head !== 'number' || answer['epoch'] !== inbox.cursor?.epoch)
        inbox.takeUnread(null)
      else inbox.takeUnread({ head, unread: readUnread(answer['unread']) })
    } catch (error) {
      inbox.takeUnread(null)
      throw error
    }
  }

  async #readPage(limit: number): Promise<number> {
    const reading = this.#inbox.beginReading()
    try {
      const { floor } = this.#inbox.items
      const { rows } = await this.#list(`${floor === null ? '' : `before=${floor}&`}limit=${limit}`)
      const read = rows.flatMap(row => readRow(row) ?? [])
      return this.#inbox.takePage(reading, read, rows.length < limit, this.#now())
    } finally {
      this.#inbox.endReading(reading)
    }
  }

  async #list(query: string): Promise<{ readonly rows: readonly unknown[]; readonly next: string | null }> {
    const answer = await this.#api.call('GET', `api/events?${query}`)
    const [rows, next] = isRecord(answer) ? [answer['events'], answer['next']] : []
    return { rows: Array.isArray(rows) ? rows : [], next: typeof next === 'string' ? next : null }
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run, run)
    this.#last = turn.catch(() => {})
    return turn
  }
}
