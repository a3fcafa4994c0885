import { LIMITS } from './limits.ts'

/** How long until the next look, when the last one began `sinceMs` ago. `noticed`: something has happened since. */
export function nextLookMs(sinceMs: number, noticed: boolean): number {
  if (!noticed) return Math.max(0, LIMITS.beatMs - sinceMs)
  return Math.max(LIMITS.gatherMs, LIMITS.lookEveryMs - sinceMs)
}
