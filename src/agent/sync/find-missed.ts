import type { ItemChange } from '../../core/item.ts'

/** So long a notification may take. */
export const LATE_MS = 5 * 60_000

/**
 * The oldest of the changes that should have been announced by now and were not: it lies more than five minutes back, and no
 * notification has come since. What happened before `since` is not held against anybody: before the last read, which has
 * seen it, before the subscription was there, or while nobody listened. Null = none. Pure.
 */
export function findMissed(
  changes: readonly ItemChange[],
  { now, since, announcedAt }: { readonly now: number; readonly since: number; readonly announcedAt: number | null },
): number | null {
  const late = changes.flatMap(({ after }) => {
    const at = after?.updatedAt ?? null
    return at !== null && at < now - LATE_MS && at > since && at > (announcedAt ?? 0) ? [at] : []
  })
  return late.length === 0 ? null : Math.min(...late)
}
