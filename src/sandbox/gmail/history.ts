import type { Random } from '../random.ts'

export interface MessageRef {
  readonly id: string
  readonly threadId: string
  readonly labelIds: readonly string[]
}

export const HISTORY_TYPES = ['messageAdded', 'messageDeleted', 'labelAdded', 'labelRemoved'] as const

export interface HistoryRecord {
  /** Grows, with gaps; may be larger than any number that JSON reads exactly. */
  readonly id: bigint
  readonly at: number
  readonly type: (typeof HISTORY_TYPES)[number]
  readonly message: MessageRef
  /** Of what was put on or taken off. */
  readonly labelIds: readonly string[]
}

export interface History {
  /** Where the mailbox is now. */
  readonly head: bigint
  add(record: Omit<HistoryRecord, 'id' | 'at'>, now: number): bigint
  /** Strictly after `start`, the oldest first; null when it does not reach back so far. */
  after(start: bigint, now: number, lifeMs: number): readonly HistoryRecord[] | null
  /** Forgets all of it: whoever stands before the head has to begin anew. */
  expire(): void
}

const KEPT = 10_000

export function createHistory(random: Random, first: bigint): History {
  let head = first
  /** What is at or before it is forgotten. */
  let floor = first - 1n
  let records: HistoryRecord[] = []

  function forget(count: number): void {
    const gone = records.splice(0, count)
    floor = gone.at(-1)?.id ?? floor
  }

  return {
    get head() {
      return head
    },
    add(record, now) {
      head += BigInt(random.between(1, 60))
      records.push({ ...record, id: head, at: now })
      if (records.length >= 2 * KEPT) forget(KEPT)
      return head
    },
    after(start, now, lifeMs) {
      const kept = records.findIndex(({ at }) => at >= now - lifeMs)
      forget(kept < 0 ? records.length : kept)
      return start < floor ? null : records.filter(({ id }) => id > start)
    },
    expire() {
      records = []
      head += 1n
      floor = head
    },
  }
}
