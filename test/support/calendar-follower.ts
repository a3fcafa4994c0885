import type { Parsed, TestSandbox } from './sandbox.js'

type Item = Readonly<Record<string, Parsed>>

/**
 * The simplest client that follows a calendar as Google documents it: list all pages, keep the token of the last, list
 * what has changed since, begin anew at 410. It knows nothing of the sandbox but the wire.
 */
export class CalendarFollower {
  readonly #sandbox: Pick<TestSandbox, 'call'>
  readonly #calendar: string
  readonly #params: string
  #copy = new Map<string, Item>()
  #token: string | null = null
  /** How often it had to begin anew, and how many pages came. */
  fullSyncs = 0
  pages = 0
  emptyPages = 0

  constructor(sandbox: Pick<TestSandbox, 'call'>, calendar = 'primary', maxResults = 7) {
    this.#sandbox = sandbox
    this.#calendar = calendar
    this.#params = `singleEvents=false&maxResults=${maxResults}`
  }

  /** `between` happens after each page but the last. */
  async sync(between: () => Promise<void> = async () => {}): Promise<void> {
    const full = this.#token === null
    const next = full ? new Map<string, Item>() : new Map(this.#copy)
    if (full) this.fullSyncs += 1
    const from = full ? '&showDeleted=true' : `&syncToken=${encodeURIComponent(this.#token ?? '')}`
    for (let page = ''; ;) {
      const path = `/calendar/v3/calendars/${encodeURIComponent(this.#calendar)}/events?${this.#params}${from}${page}`
      const { status, body } = await this.#sandbox.call('GET', path)
      if (status === 410) {
        this.#token = null
        return this.sync(between)
      }
      if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
      this.pages += 1
      if (body.items.length === 0) this.emptyPages += 1
      for (const item of body.items) apply(next, item)
      if (body.nextPageToken === undefined) {
        this.#token = body.nextSyncToken
        break
      }
      if (body.nextSyncToken !== undefined) throw new Error('a token on a page that is not the last')
      await between()
      page = `&pageToken=${encodeURIComponent(body.nextPageToken)}`
    }
    this.#copy = next
  }

  /** What it believes, in the order of ids. */
  copy(): readonly string[] {
    return [...this.#copy.values()].map(sayItem).sort()
  }
}

function apply(copy: Map<string, Item>, item: Item): void {
  const { id, status, recurringEventId } = item
  const series = recurringEventId ?? /^(.+)_\d{8}(?:T\d{6}Z)?$/.exec(id)?.[1]
  if (status !== 'cancelled') copy.set(id, item)
  // An instance that is left out of a living series is worth knowing; whatever else is cancelled is gone.
  else if (series !== undefined) copy.set(id, { id, status, recurringEventId: series })
  else {
    for (const [other, { recurringEventId: of }] of copy) if (of === id) copy.delete(other)
    copy.delete(id)
  }
}

export function sayItem(item: Item): string {
  const { id, status, summary, start, end, recurrence, recurringEventId } = item
  if (status === 'cancelled') return JSON.stringify([id, status, recurringEventId])
  return JSON.stringify([id, status, summary, start, end, recurrence, recurringEventId])
}
