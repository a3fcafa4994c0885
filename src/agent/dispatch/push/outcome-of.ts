import { parseRetryAfter } from '../../../core/retry.ts'
import type { Outcome } from '../dispatcher.ts'
import type { PushAnswer, PushFailure } from './answer.ts'

/** What came of one send. The first four end a try; the others have a remedy of their own first. */
export type PushOutcome =
  | Outcome
  /** The message is too large for this service: once more, smaller. */
  | { readonly type: 'too_large' }
  /** Our key or signature was not taken. The device is not to blame: sign anew, then tell the operator. */
  | { readonly type: 'key_trouble'; readonly reason: string }

/** For a 429 that does not say how long. */
const THROTTLED_MS = 60_000

/** How long a 429 asks to wait, ms. `now` is in ms since 1970. */
export function patienceOf(retryAfter: string | null, now: number): number {
  return parseRetryAfter(retryAfter, now) ?? THROTTLED_MS
}

const FAILURES: Readonly<Record<PushFailure, string>> = {
  connect: 'no connection to the push service',
  cut: 'the connection to the push service was cut',
  deadline: 'the push service did not answer in time',
  refused_stream: 'the push service was ending the connection',
  aborted: 'the agent was stopping',
  address_refused: 'the name of the push service leads to an address that is not public',
}

/** How Apple names what is wrong with a key. */
const KEY_REASONS = ['VapidPkHashMismatch', 'BadJwtToken', 'ExpiredJwtToken', 'MissingProviderToken'] as const

/**
 * What an answer means. Only 404 and 410 say that the device is gone: any other failure leaves it alone, since a push
 * service that has a bad hour must not cost a person's devices. `now` is in ms.
 */
export function outcomeOf(answer: PushAnswer, now: number): PushOutcome {
  if (answer.type === 'failed') return { type: 'retry', afterMs: null, reason: FAILURES[answer.failure] }
  const { status, text } = answer
  const afterMs = parseRetryAfter(answer.retryAfter, now)
  const keyReason = KEY_REASONS.find(reason => text.includes(reason))
  switch (true) {
    case status >= 200 && status <= 202:
      return { type: 'delivered' }
    case status === 404 || status === 410:
      return { type: 'gone', reason: `the push service answered ${status}: the subscription has ended` }
    case status === 401 || status === 403 || (status === 400 && keyReason !== undefined):
      return { type: 'key_trouble', reason: `${status}${keyReason === undefined ? '' : ` ${keyReason}`}` }
    case status === 413:
      return { type: 'too_large' }
    case status === 429:
      return {
        type: 'retry',
        afterMs: patienceOf(answer.retryAfter, now),
        reason: 'the push service asked for patience (429)',
      }
    case status === 408 || status === 425 || status >= 500:
      return { type: 'retry', afterMs, reason: `the push service answered ${status}` }
    case status >= 300 && status < 400:
      return { type: 'retry', afterMs: null, reason: `the push service answered ${status}; redirects are not followed` }
    default:
      return { type: 'rejected', reason: `the push service answered ${status}` }
  }
}
