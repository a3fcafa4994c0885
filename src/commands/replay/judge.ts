import type { Expectation } from './item.ts'

/** What a request came to. */
export interface Found {
  readonly status: number
  /** Null: not looked at, since it went to somebody else (`--to`). */
  readonly caused: Caused | null
}

export interface Caused {
  readonly outcome: Outcome
  readonly notifications: readonly { readonly key: string; readonly kind: string; readonly state: string | null }[]
  readonly events: readonly { readonly type: string }[]
  readonly settled: boolean
}

/** `none`: taken, and there was nothing to keep in it, as of a handshake. */
export type Outcome = 'accepted' | 'duplicate' | 'refused' | 'none'

/**
 * In what a request differs from what was expected, in words; empty when it does not. An expectation is a subset, an
 * empty list says that there is none. `newKeys`: the request was changed, so that a recorded key says nothing.
 */
export function judge(expect: Expectation, { status, caused }: Found, newKeys: boolean): readonly string[] {
  const differences = judgeStatus(expect.status, status)
  if (caused === null) return differences
  const { outcome, notifications, events, settled } = caused
  const wanted = expect.notifications?.map(({ key, kind }) => (key === undefined || newKeys ? { kind } : { key, kind }))
  const dead = notifications.filter(one => one.state === 'dead')
  return [
    ...differences,
    ...compare('notification', wanted, notifications, ['key', 'kind']),
    // Of a duplicate nothing is processed again; what it caused was compared when it came first.
    ...(outcome === 'duplicate' || !settled ? [] : compare('event', expect.events, events, ['type'])),
    ...dead.map(one => `the processing of the notification ${one.kind} failed`),
    ...(settled ? [] : ['it was taken, and its processing did not end in time']),
  ]
}

function judgeStatus(expected: number | null, found: number): readonly string[] {
  if (expected === null) return found >= 200 && found < 300 ? [] : [`the status is ${found}; expected is 2xx`]
  return expected === found ? [] : [`the status is ${found}; expected is ${expected}`]
}

type Row = Readonly<Record<string, unknown>>

/** Each expected one must find one of its own. */
function compare(
  what: string,
  expected: readonly Row[] | undefined,
  found: readonly Row[],
  names: readonly string[],
): readonly string[] {
  if (expected === undefined) return []
  const told = found.length === 0 ? 'there is none' : `there is ${found.map(one => tell(one, names)).join('; ')}`
  if (expected.length === 0) return found.length === 0 ? [] : [`no ${what} is expected; ${told}`]
  const left = [...found]
  return expected.flatMap(one => {
    const at = left.findIndex(row => names.every(name => one[name] === undefined || one[name] === row[name]))
    if (at !== -1) left.splice(at, 1)
    return at === -1 ? [`the ${what} ${tell(one, names)} is missing; ${told}`] : []
  })
}

function tell(row: Row, names: readonly string[]): string {
  const given = names.filter(name => row[name] !== undefined)
  return given.map(name => `${name} ${String(row[name])}`).join(', ')
}
