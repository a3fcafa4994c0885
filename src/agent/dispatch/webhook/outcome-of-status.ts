import { parseRetryAfter } from '../../../core/retry.ts'
import type { Outcome } from '../dispatcher.ts'

interface Answer {
  readonly status: number
  /** The header, as it came. */
  readonly retryAfter: string | null
}

/** For a 429 that does not say how long. */
const THROTTLED_MS = 60_000
/** Nobody may put an event off for longer than the waits between tries do. */
const MAX_WAIT_MS = 24 * 3_600_000

/**
 * What an answer means, as Standard Webhooks has it: 2xx is the only success, 410 ends the webhook for good, and any other
 * status is a failure to be tried again, a 4xx too: what is wrong at a receiver today is mended there tomorrow. `now` is
 * in ms.
 */
export function outcomeOfStatus({ status, retryAfter }: Answer, now: number): Outcome {
  if (status >= 200 && status <= 299) return { type: 'delivered' }
  if (status === 410) return { type: 'gone', reason: 'it answered 410: it wants no more events' }
  const asked = parseRetryAfter(retryAfter, now) ?? (status === 429 ? THROTTLED_MS : null)
  const afterMs = asked === null ? null : Math.min(asked, MAX_WAIT_MS)
  if (status >= 300 && status <= 399) {
    return { type: 'retry', afterMs, reason: `it answered ${status}; redirects are not followed` }
  }
  return { type: 'retry', afterMs, reason: status === 429 ? 'it asked for patience (429)' : `it answered ${status}` }
}
