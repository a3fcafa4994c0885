import type { ApiCallSum, CallCause } from './api-call.ts'

/** Calls of one account at one provider, by what they were for. Each attempt is a call. */
export interface CallColumns {
  readonly provider: string
  readonly account: string
  /** To learn what changed: after a notification, by polling, in full, for a person. */
  readonly reads: number
  readonly renewals: number
  /** To find out whether a silence is one. */
  readonly probes: number
  readonly writes: number
  /** Of a queue that notifications come by. */
  readonly pulls: number
  /** Setting up and signing in. */
  readonly setup: number
  /** How many of all were another attempt, and how many failed. */
  readonly retries: number
  readonly failures: number
  readonly calls: number
}

export type CallColumn = 'reads' | 'renewals' | 'probes' | 'writes' | 'pulls' | 'setup'

export const COLUMN_OF = {
  webhook: 'reads',
  polling: 'reads',
  full: 'reads',
  user: 'reads',
  renew: 'renewals',
  probe: 'probes',
  write: 'writes',
  pull: 'pulls',
  setup: 'setup',
  auth: 'setup',
} as const satisfies Record<CallCause, CallColumn>

/** A row for each provider and account, the most calls first. Pure. */
export function toColumns(sums: readonly ApiCallSum[]): readonly CallColumns[] {
  const rows = new Map<string, CallColumns>()
  for (const { provider, account, cause, calls, retries, failures } of sums) {
    const key = `${provider}\n${account}`
    const row = rows.get(key) ?? { ...EMPTY, provider, account }
    const column = COLUMN_OF[cause]
    rows.set(key, {
      ...row,
      [column]: row[column] + calls,
      retries: row.retries + retries,
      failures: row.failures + failures,
      calls: row.calls + calls,
    })
  }
  return [...rows.values()].toSorted((a, b) => b.calls - a.calls || a.provider.localeCompare(b.provider))
}

const EMPTY = { reads: 0, renewals: 0, probes: 0, writes: 0, pulls: 0, setup: 0, retries: 0, failures: 0, calls: 0 }
