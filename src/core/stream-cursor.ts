/** A place in a user's numbered stream. `epoch` changes when a store was restored, and voids every older place. */
export interface StreamCursor {
  readonly epoch: string
  readonly seq: number
}

/** `EPOCH.SEQ`, as it stands in `?cursor=` and `Last-Event-ID`. */
export function formatCursor(cursor: StreamCursor): string {
  return `${cursor.epoch}.${cursor.seq}`
}

/** Null when the text is no cursor; whether the epoch is the present one is for the caller to say. */
export function parseCursor(text: string): StreamCursor | null {
  const match = /^([A-Za-z0-9_-]{1,64})\.(0|[1-9]\d{0,15})$/.exec(text)
  if (!match?.[1] || !match[2]) return null
  const seq = Number(match[2])
  return Number.isSafeInteger(seq) ? { epoch: match[1], seq } : null
}
