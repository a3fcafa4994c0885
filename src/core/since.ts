import { parseDuration } from './duration.ts'

/** What `since` takes, in words. */
export const SINCE_FORM = 'an instant as 2026-01-05T09:00:00Z, or a time as 30m, 24h or 7d'

/** An instant, or a length of time before `now`, as ms since 1970; null for anything else. */
export function parseSince(text: string, now: number): number | null {
  const length = parseDuration(text)
  if (length !== null) return now - length
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : at
}
