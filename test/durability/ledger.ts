import type { Item, Parcel } from './parcel.ts'

/** What an emitter was told of its event. */
export interface Told {
  readonly id: string
  readonly seq: number | null
}

/** The fate of one item as its sender knows it. */
export interface Entry {
  readonly item: Item
  /** Answers with 2xx; 0 = it may be there, or may not. */
  answers: number
  /** What the first answer told; null for a webhook. */
  told: Told | null
  /** A later answer that told otherwise. */
  contradiction: Told | null
}

/** The senders' books: what was sent, and what the agent said of it. The store is compared with them in the end. */
export class Ledger {
  readonly entries = new Map<string, Entry>()
  /** Answers by status, and requests that got none. */
  readonly statuses: Record<string, number> = {}

  /** Requests that were answered 2xx. */
  accepted = 0

  sent(parcel: Parcel): void {
    for (const item of parcel.items) {
      if (!this.entries.has(item.mark)) {
        this.entries.set(item.mark, { item, answers: 0, told: null, contradiction: null })
      }
    }
  }

  unanswered(): void {
    this.#count('none')
  }

  /** `text` is the body of the answer. */
  answered(parcel: Parcel, status: number, text: string): void {
    this.#count(String(status))
    if (status < 200 || status >= 300) return
    this.accepted += 1
    const told = parcel.items[0]?.source === 'emit' ? readResults(parcel, text) : []
    for (const [i, item] of parcel.items.entries()) {
      const entry = this.entries.get(item.mark)
      if (entry) note(entry, told[i] ?? null)
    }
  }

  count(test: (entry: Entry) => boolean): number {
    let count = 0
    for (const entry of this.entries.values()) if (test(entry)) count += 1
    return count
  }

  #count(status: string): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1
  }
}

function note(entry: Entry, told: Told | null): void {
  entry.answers += 1
  if (entry.answers === 1) entry.told = told
  else if (entry.told?.id !== told?.id || entry.told?.seq !== told?.seq) entry.contradiction = told
}

function readResults(parcel: Parcel, text: string): readonly Told[] {
  const answer: Told & { readonly results?: readonly Told[] } = JSON.parse(text)
  const results = parcel.batch ? (answer.results ?? []) : [answer]
  if (results.length === parcel.items.length && results.every(result => typeof result.id === 'string')) {
    return results.map(({ id, seq }) => ({ id, seq }))
  }
  throw new Error(`the answer does not tell what became of each event: ${text.slice(0, 500)}`)
}
