import { describe, expect, it } from 'vitest'
import { CALL_CAUSES, type ApiCallSum, type CallCause } from '#ec/core/api-call.js'
import { COLUMN_OF, toColumns } from '#ec/core/call-columns.js'

function sum(cause: CallCause, calls: number, over: Partial<ApiCallSum> = {}): ApiCallSum {
  return { provider: 'gmail', account: 'a1', operation: 'x', cause, calls, retries: 0, failures: 0, ...over }
}

describe('columns of calls', () => {
  it('put every call in one column, by what it was for', () => {
    const sums = CALL_CAUSES.map((cause, i) => sum(cause, 2 ** i))
    const [row] = toColumns(sums)
    expect(row).toEqual({
      provider: 'gmail',
      account: 'a1',
      // webhook, polling, full, user
      reads: 1 + 2 + 4 + 64,
      renewals: 8,
      probes: 16,
      writes: 32,
      // setup, auth
      setup: 128 + 256,
      pulls: 512,
      retries: 0,
      failures: 0,
      calls: 1023,
    })
    expect(Object.keys(COLUMN_OF).toSorted()).toEqual(CALL_CAUSES.toSorted())
  })

  it('keep providers and accounts apart, the most calls first', () => {
    const rows = toColumns([
      sum('webhook', 3, { retries: 1 }),
      sum('webhook', 5, { account: 'a2', failures: 2 }),
      sum('probe', 1, { operation: 'y', retries: 1, failures: 1 }),
      sum('pull', 9, { provider: 'google-calendar' }),
    ])
    expect(rows.map(({ provider, account, calls }) => [provider, account, calls])).toEqual([
      ['google-calendar', 'a1', 9],
      ['gmail', 'a2', 5],
      ['gmail', 'a1', 4],
    ])
    expect(rows[2]).toMatchObject({ reads: 3, probes: 1, retries: 2, failures: 1 })
    expect(toColumns([])).toEqual([])
  })
})
