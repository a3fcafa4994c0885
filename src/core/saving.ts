import type { ApiCallSum, CallCause } from './api-call.ts'

/** Polled by the system before this one every 15 minutes, with three calls each time. */
const POLLS_A_DAY = 96
const OLD_CALLS_A_POLL = 3
const DAY_MS = 86_400_000

/** What a poller would have to ask for: calendars and mailboxes. */
const POLLABLE: ReadonlySet<string> = new Set(['google-calendar', 'gmail', 'microsoft', 'caldav', 'ics'])

/** What is done to learn what changed; the rest is work that a poller would have as well. */
const COMPARED: ReadonlySet<CallCause> = new Set(['webhook', 'polling', 'full', 'user', 'renew', 'probe'])

export interface Watched {
  readonly provider: string
  readonly paused: boolean
  /** ms since 1970. */
  readonly since: number
}

export interface Baseline {
  /** Calls that it would have taken. */
  readonly calls: number
  /**
   * Of 100, how many of those were not made; below 0 when more were made. Null when there is nothing to compare: no time
   * has passed, or nothing was read, for what reads nothing saves nothing.
   */
  readonly savedPercent: number | null
}

export interface Saving {
  /** Calendars and mailboxes that are watched and not paused. */
  readonly watched: number
  /** Calls that were made to learn what changed there: reads, renewals and probes, every attempt. */
  readonly made: number
  /** Days of those pollers in one of ours; 1, but for the sandbox, where time runs. */
  readonly pace: number
  /** `calendars x 96 a day x 3 calls`: the system before this one. */
  readonly old: Baseline
  /** `calendars x 96 a day x 1 call`: a poller without waste. */
  readonly honest: Baseline
}

export interface SavingSpan {
  readonly now: number
  readonly spanMs: number
  readonly pace?: number
}

/**
 * What was saved against two named pollers over the last `spanMs`. What is watched for less than that counts for as long
 * as it is. Both sides count calendars and mailboxes alone. Pure.
 */
export function computeSaving(
  calls: readonly ApiCallSum[],
  watched: readonly Watched[],
  { now, spanMs, pace = 1 }: SavingSpan,
): Saving {
  const polled = watched.filter(one => POLLABLE.has(one.provider) && !one.paused)
  const watchedMs = polled.reduce((sum, { since }) => sum + Math.min(spanMs, Math.max(0, now - since)), 0)
  const polls = Math.floor((watchedMs / DAY_MS) * pace * POLLS_A_DAY)
  const made = calls.reduce(
    (sum, call) => (POLLABLE.has(call.provider) && COMPARED.has(call.cause) ? sum + call.calls : sum),
    0,
  )
  return {
    watched: polled.length,
    made,
    pace,
    old: compare(made, polls * OLD_CALLS_A_POLL),
    honest: compare(made, polls),
  }
}

function compare(made: number, calls: number): Baseline {
  return { calls, savedPercent: calls === 0 || made === 0 ? null : ((calls - made) / calls) * 100 }
}
