import type { StoredEvent } from '../../backends/store.ts'

/** The newest events that make at most `chars` characters, the newest of all in any case, and how many are left out. */
export function fitEvents(
  events: readonly StoredEvent[],
  chars: number,
): { readonly events: readonly StoredEvent[]; readonly skipped: number } {
  let from = events.length
  let left = chars
  while (from > 0) {
    left -= events[from - 1]?.json.length ?? 0
    if (left < 0 && from < events.length) break
    from -= 1
  }
  return { events: events.slice(from), skipped: from }
}
