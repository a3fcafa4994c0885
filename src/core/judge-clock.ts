import { judge, type CheckResult } from './check.ts'

/** From here on it is told; a Date header has whole seconds, and an answer takes its time. */
const WARN_MS = 10_000
/** From here on tokens of Google are refused (`providers/gmail/claims.ts`); others follow at 5 minutes. */
const FAIL_MS = 60_000

export interface SeenDate {
  /** The header as it came. */
  readonly date: string | null
  /** By our clock, ms since 1970: when the request left and when the answer was here. */
  readonly askedAt: number
  readonly answeredAt: number
  /** Whose word it is. */
  readonly host: string
}

/** Compares our clock with the Date of an answer. Pure. */
export function judgeClock({ date, askedAt, answeredAt, host }: SeenDate): CheckResult {
  const theirs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) {
    return judge(
      'clock.skew',
      'skip',
      `${host} does not say what time it is`,
      'name a server that does in `doctor.time_url`',
    )
  }
  // The header was made somewhere between the two, within the second that it names.
  const early = Math.max(0, theirs - answeredAt)
  const late = Math.max(0, askedAt - (theirs + 1000))
  const offMs = Math.max(early, late)
  const detail = `${(offMs / 1000).toLocaleString('en-US', { maximumFractionDigits: 0 })} s ${early > 0 ? 'behind' : 'ahead of'} ${host}`
  if (offMs >= FAIL_MS) return judge('clock.skew', 'fail', detail)
  if (offMs >= WARN_MS) return judge('clock.skew', 'warn', detail)
  return judge('clock.skew', 'ok', `within ${WARN_MS / 1000} s of ${host}`)
}
