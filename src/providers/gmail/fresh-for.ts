/** Between these, whatever the publisher says: neither a request for each message, nor a key that never leaves. */
const MIN_MS = 60_000
const MAX_MS = 24 * 3_600_000
const DEFAULT_MS = 3_600_000

/** How long an answer may be used, by its `Cache-Control` and `Age` (RFC 9111 section 4.2). */
export function freshForMs(headers: Headers): number {
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(headers.get('cache-control') ?? '')?.[1]
  if (maxAge === undefined) return DEFAULT_MS
  const age = /^\d{1,9}$/.exec(headers.get('age') ?? '')?.[0] ?? '0'
  return Math.min(MAX_MS, Math.max(MIN_MS, (Number(maxAge) - Number(age)) * 1000))
}
