/** Up to where a follower has been told; a position means something in one epoch of the store alone. */
export interface Place {
  readonly epoch: string
  readonly position: string
}

/** As it stands in the `id` of a message. */
export function formatPlace({ epoch, position }: Place): string {
  return `${epoch}.${position}`
}

/** Where to read on, for who was told up to `cursor`; null when that was never, or in another epoch. */
export function positionIn(epoch: string, cursor: string | null): string | null {
  return cursor?.startsWith(`${epoch}.`) ? cursor.slice(epoch.length + 1) : null
}
