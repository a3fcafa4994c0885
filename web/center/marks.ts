import type { AgentApi } from './agent-api.ts'
import { CenterError } from './center-error.ts'
import type { Inbox } from './inbox/inbox.ts'
import { isRecord } from './parse.ts'
import type { PendingChange } from './inbox/pending-changes.ts'

/** As many as the agent takes at once. */
const MAX_IDS = 1_000
const READ_PAGE = 200

/** What a person does with events: shown at once, told to the agent by plain HTTP, and taken back when it refuses. */
export class Marks {
  readonly #api: AgentApi
  readonly #inbox: Inbox
  readonly #changed: () => void
  #seen = new Set<string>()
  #telling: Promise<void> | null = null

  constructor(api: AgentApi, inbox: Inbox, changed: () => void) {
    this.#api = api
    this.#inbox = inbox
    this.#changed = changed
  }

  /** Rejects with a `CenterError`, and then nothing has changed. */
  async mark(change: PendingChange): Promise<void> {
    if (change.ids.length > 0) await this.#show(change, () => this.#send(change))
  }

  /** As a list tells of each of its lines: what comes in one moment goes out together, and nothing twice. */
  async markSeen(ids: readonly string[]): Promise<void> {
    const known = new Set(this.#inbox.items.seenAmong(ids))
    for (const id of ids) if (!known.has(id)) this.#seen.add(id)
    if (this.#seen.size === 0) return
    this.#telling ??= Promise.resolve().then(() => {
      const all = [...this.#seen]
      this.#seen = new Set()
      this.#telling = null
      return this.mark({ ids: all, state: 'seen' })
    })
    await this.#telling
  }

  /** All that is unread up to now, also what is not loaded here. */
  async markAllRead(): Promise<void> {
    const change: PendingChange = { ids: this.#inbox.items.unreadIds(), state: 'read', everything: true }
    await this.#show(change, async () => {
      let upTo = await this.#send(change)
      const { head } = await this.#api.call<{ readonly head: number }>('GET', 'api/inbox')
      for (let before: number | null = head + 1; before !== null;) {
        const { events } = await this.#unreadBefore(before)
        upTo = Math.max(upTo, await this.#send({ ids: events.map(({ id }) => id), state: 'read' }))
        before = events.length < READ_PAGE ? null : (events[0]?.seq ?? null)
      }
      return upTo
    })
  }

  /** As `NotificationCenter.answer`; resolves once it counts. */
  async answer(question: string, option: string, input?: string): Promise<void> {
    const change: PendingChange = { ids: this.#inbox.items.asking(question), state: 'answered', option }
    const path = `api/questions/${encodeURIComponent(question)}/answer`
    try {
      await this.#show(change, async () => {
        await this.#api.call('POST', path, { option, ...(input === undefined ? {} : { input }) })
        this.#inbox.knowAnswer(question, option)
        return 'word'
      })
    } catch (error) {
      const winner = error instanceof CenterError ? error.problem['winner'] : null
      if (isRecord(winner) && typeof winner['option'] === 'string') this.#inbox.knowAnswer(question, winner['option'])
      this.#changed()
      throw error
    }
  }

  /** Shows a change while it is made, and until the stream tells of it. */
  async #show(change: PendingChange, make: () => Promise<number | 'word'>): Promise<void> {
    const shown = this.#inbox.begin(change)
    this.#changed()
    try {
      shown.confirm(await make())
    } catch (error) {
      shown.drop()
      throw error
    } finally {
      this.#changed()
    }
  }

  #unreadBefore(seq: number): Promise<{ readonly events: readonly { readonly id: string; readonly seq: number }[] }> {
    return this.#api.call('GET', `api/events?state=unread&limit=${READ_PAGE}&before=${seq}`)
  }

  /** The place of the stream up to which it is told; 0 when nothing had to change. */
  async #send({ ids, state, until }: PendingChange): Promise<number> {
    let upTo = 0
    for (let i = 0; i < ids.length; i += MAX_IDS) {
      const { items } = await this.#api.call<{ readonly items: readonly { readonly seq: number }[] }>(
        'POST',
        'api/inbox/state',
        {
          ids: ids.slice(i, i + MAX_IDS),
          state,
          ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
        },
      )
      for (const { seq } of items) upTo = Math.max(upTo, seq)
    }
    return upTo
  }
}
