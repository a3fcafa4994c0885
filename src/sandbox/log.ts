import type { Clock } from '../core/clock.ts'

/** One request that came in, or one try of a push that went out. */
export interface LogEntry {
  /** Counts from 1 over both, in the order in which they began. */
  readonly n: number
  /** ISO, by the sandbox's clock. */
  readonly at: string
  readonly kind: 'request' | 'push'
  readonly method: string
  /** Of a request the path with its query, of a push the URL. */
  readonly target: string
  /** As the service's reference calls it; of a push `calendar.push` or `pubsub.push`. */
  readonly operation: string
  /** Whose it is: the signed-in account, the channel, the subscription. */
  readonly who: string
  /** Of a push: which try. */
  readonly attempt: number
  /** The fault that was done to it. */
  readonly fault: string | null
  /** null = under way, 0 = there was no answer. */
  readonly status: number | null
}

export type NewLogEntry = Omit<LogEntry, 'n' | 'at' | 'status'>

export interface SandboxLog {
  /** Gives what is to be called with the status once it is known. */
  open(entry: NewLogEntry): (status: number) => void
  /** Those numbered after `after`, the oldest first. */
  list(after?: number, limit?: number): readonly LogEntry[]
  /** How many there were in all; the oldest are forgotten. */
  readonly count: number
}

const KEPT = 10_000

export function createLog(clock: Clock, kept = KEPT): SandboxLog {
  let entries: (Omit<LogEntry, 'status'> & { status: number | null })[] = []
  let count = 0
  return {
    open(entry) {
      const made = { n: ++count, at: new Date(clock.now()).toISOString(), ...entry, status: null }
      const row: (typeof entries)[number] = made
      entries.push(row)
      // In slices, so that each entry costs the same.
      if (entries.length >= 2 * kept) entries = entries.slice(-kept)
      return status => void (row.status = status)
    },
    list: (after = 0, limit = kept) =>
      entries
        .slice(-kept)
        .filter(({ n }) => n > after)
        .slice(0, limit)
        .map(entry => ({ ...entry })),
    get count() {
      return count
    },
  }
}
