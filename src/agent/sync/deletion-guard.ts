import type { SyncState } from '../../core/sync.ts'

/** Fewer than these are deleted without a question, as long as something is left. */
const FEW = 10

export interface DeletionPlan {
  /** Items that a full read did not name. */
  readonly gone: number
  /** All that there are. */
  readonly of: number
}

/**
 * Whether a deletion that nobody has told us of, but that follows from what a full read did not name, waits for a person:
 * more than half and more than ten would go, or all of it. A confirmation covers what was shown, and a few more. It stays
 * true while slices go: what may begin may end. Pure.
 */
export function isHeld({ gone, of }: DeletionPlan, held: SyncState['heldDeletion']): boolean {
  if (gone === 0) return false
  if (held?.confirmed === true && gone <= held.gone + FEW) return false
  return gone >= of || (gone > FEW && gone * 2 > of)
}
