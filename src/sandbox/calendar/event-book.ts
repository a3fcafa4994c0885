import type { EventDraft, StoredEvent } from './event.ts'

/** The events of one calendar, those that were deleted among them. */
export interface EventBook {
  /** Grows with every change. */
  readonly version: number
  /** What changed at or before this version may be forgotten: a token of then is no good. */
  readonly floor: number
  /** Another one means that no token of before is good. */
  readonly epoch: string
  put(draft: EventDraft): StoredEvent
  get(id: string): StoredEvent | undefined
  byICalUid(uid: string): StoredEvent | undefined
  /** The changed and removed instances of a series. */
  exceptionsOf(seriesId: string): readonly StoredEvent[]
  /** Takes it away without a trace, as when it is part of something that was deleted. */
  forget(id: string): void
  all(): Iterable<StoredEvent>
  /** Makes every sync token of before invalid. */
  expireTokens(epoch: string): void
  readonly size: number
}

export const MAX_EVENTS = 20_000
const MAX_TOMBSTONES = 5_000

export function createEventBook(firstEpoch: string): EventBook {
  const events = new Map<string, StoredEvent>()
  const series = new Map<string, Set<string>>()
  let [version, seq, floor, tombstones] = [0, 0, 0, 0]
  let epoch = firstEpoch

  function forget(id: string): void {
    const event = events.get(id)
    if (event === undefined) return
    events.delete(id)
    if (isTombstone(event)) tombstones -= 1
    if (event.seriesId !== null) series.get(event.seriesId)?.delete(id)
    series.delete(id)
  }

  /** The oldest half at once, so that each deletion costs the same. */
  function forgetTombstones(): void {
    if (tombstones <= MAX_TOMBSTONES) return
    const oldest = [...events.values()].filter(isTombstone).sort((a, b) => a.version - b.version)
    for (const { id, version } of oldest.slice(0, MAX_TOMBSTONES / 2)) {
      forget(id)
      floor = Math.max(floor, version)
    }
  }

  return {
    get version() {
      return version
    },
    get floor() {
      return floor
    },
    get epoch() {
      return epoch
    },
    get size() {
      return events.size
    },
    put(draft) {
      const before = events.get(draft.id)
      version += 1
      const made = { ...draft, seq: before?.seq ?? ++seq, version, etag: `"${3_000_000 + version * 2}"` }
      if (before !== undefined && isTombstone(before)) tombstones -= 1
      if (isTombstone(made)) tombstones += 1
      events.set(made.id, made)
      if (made.seriesId !== null) {
        series.set(made.seriesId, (series.get(made.seriesId) ?? new Set()).add(made.id))
      }
      forgetTombstones()
      return made
    },
    get: id => events.get(id),
    byICalUid(uid) {
      for (const event of events.values()) if (event.iCalUID === uid && event.seriesId === null) return event
      return undefined
    },
    exceptionsOf: id =>
      [...(series.get(id) ?? [])].flatMap(one => {
        const event = events.get(one)
        return event === undefined ? [] : [event]
      }),
    forget,
    all: () => events.values(),
    expireTokens(next) {
      epoch = next
    },
  }
}

/** Cancelled instances of a living series belong to it and are kept. */
function isTombstone({ status, seriesId }: StoredEvent): boolean {
  return status === 'cancelled' && seriesId === null
}
