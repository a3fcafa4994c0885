import { WEEKDAYS, type Weekday } from './quiet-hours.ts'

/** When a person gets the mail that gathers what is not worth one of its own. */
export interface DigestRule {
  /** `daily`, `weekly`, or a cron of five fields, at most once an hour, by the wall clock. */
  readonly every: string
  /** `HH:MM`; with a cron nothing. 08:00 unless given. */
  readonly at?: string | undefined
  /** With `weekly`; Monday unless given. */
  readonly weekday?: Weekday | undefined
  /** IANA; the user's own zone unless given. */
  readonly tz?: string | undefined
  /** Fewer wait for the next digest, for a week at most. */
  readonly min_items?: number | undefined
}

/** Of somebody who never said anything. */
export const DEFAULT_DIGEST: DigestRule = { every: 'daily', at: '08:00' }

/** Whether a rule says what is so for somebody who never said anything. */
export function isDefaultDigest(rule: DigestRule | null): boolean {
  if (rule === null) return false
  const { every, at = DEFAULT_DIGEST.at, weekday, tz, min_items } = rule
  return every === 'daily' && at === DEFAULT_DIGEST.at && [weekday, tz, min_items].every(said => said === undefined)
}

/** As a person reads it: `daily at 08:00`, `weekly on mon at 08:00`, `by the cron 0 8 1 * *`. */
export function sayDigest({ every, at = DEFAULT_DIGEST.at, weekday = WEEKDAYS[0] }: DigestRule): string {
  if (every === 'daily') return `daily at ${at}`
  return every === 'weekly' ? `weekly on ${weekday} at ${at}` : `by the cron ${every}`
}
