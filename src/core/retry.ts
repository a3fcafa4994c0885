/** How often and how far apart; "up to 3 retries" is `maxAttempts: 4`. */
export interface RetryPolicy {
  readonly maxAttempts: number
  readonly baseMs: number
  readonly capMs: number
}

export interface RetryInput {
  readonly policy: RetryPolicy
  /** The attempt that just failed, counted from 1. */
  readonly attempt: number
  readonly now: number
  /** In [0, 1). */
  readonly random: number
  /** What the other side asked for, in ms from now; a floor, never a ceiling. */
  readonly retryAfterMs?: number
}

/**
 * The instant of the next attempt, or null when none is left. Exponential back-off with full jitter: the delay is
 * uniform in [0, min(cap, base * 2^(attempt-1))], which spreads a herd best
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function nextAttemptAt(input: RetryInput): number | null {
  const { policy, attempt, now, random, retryAfterMs = 0 } = input
  if (attempt >= policy.maxAttempts) return null
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1))
  return now + Math.max(retryAfterMs, Math.round(random * ceiling))
}

/**
 * The instant of the next attempt by a list of waits (ms), each give or take a fifth, so that what failed together does
 * not come back together; null when the list is at its end. `retryAfterMs` is a floor.
 */
export function nextWaitAt(input: {
  readonly waitsMs: readonly number[]
  readonly attempt: number
  readonly now: number
  readonly random: number
  readonly retryAfterMs: number
}): number | null {
  const { waitsMs, attempt, now, random, retryAfterMs } = input
  const wait = waitsMs[attempt - 1]
  return wait === undefined ? null : now + Math.max(retryAfterMs, Math.round(wait * (0.8 + 0.4 * random)))
}

/** Waits after the first crash, the second, and so on, in ms; after one more the job is given up. */
const CRASH_WAITS_MS = [0, 1_000, 2_000, 5_000, 15_000] as const

/**
 * How long a job waits, in ms, that was in hand when its process ended for the `crashes`th time; null when it is given
 * up. Whoever kills the process (a person, a deploy, a lack of memory) mostly does so for reasons of his own, so one
 * crash is held against nobody. The growing waits tell the two apart: what kills its process does so each time that it
 * runs, while other kills must hit the same few milliseconds again and again.
 */
export function waitAfterCrash(crashes: number): number | null {
  return CRASH_WAITS_MS[crashes - 1] ?? null
}

/** A slip of somebody else's pen, or of his clock, is no reason to be silent for a year. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000

/**
 * Milliseconds that a `Retry-After` header asks us to wait, a day at most, or null when it says nothing we understand.
 * Takes seconds, fractions of seconds (Graph sends them) and HTTP dates; a date in the past is 0. `now`: by the clock of
 * whoever wrote the date (`senderNow`).
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | null {
  const text = value?.trim()
  if (!text) return null
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(MAX_RETRY_AFTER_MS, Math.ceil(Number(text) * 1000))
  // Date.parse takes far more than an HTTP date ("-5" is a year), so only what starts like one is handed to it.
  if (!/^[A-Za-z]{3}/.test(text)) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, at - now))
}

/** The time by the clock of whoever sent an answer, ms since 1970; ours, where it does not say. A minute of theirs is one of ours. */
export function senderNow(headers: Pick<Headers, 'get'>, now: number): number {
  const at = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(at) ? now : at
}
