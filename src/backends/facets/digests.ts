import type { Level } from '../../core/event.ts'
import type { NewJob } from '../../core/job.ts'
import type { NewTrace, StoredEvent } from './events.ts'

/** Digests: mail that gathers what was held for it. */
export interface DigestFacts {
  /** How far a user's digests have come; `now` decides what is delivered later and so does not wait yet. */
  getDigest(userId: string, now: number): Promise<DigestState>
  /** What waits for a user's next digest, in the order in which it was held. */
  listWaitingItems(userId: string, query: WaitingQuery): Promise<readonly WaitingItem[]>
  /** What is under way in a digest. */
  listDigestItems(userId: string, digest: string): Promise<readonly DigestItem[]>
}

/** An event that is held for its user's next digest. One that is held, or under way in a digest, already stays as it is. */
export interface DigestEntry {
  readonly userId: string
  readonly eventId: string
  readonly heldAt: number
  /** The instant of that digest; a job `digest.make` looks then, at the latest. */
  readonly dueAt: number
}

export interface DigestState {
  /** No instant up to this one has a digest any more; null before the first. */
  readonly closedAt: number | null
  /** Since when the oldest waits; null when nothing does. */
  readonly oldestAt: number | null
}

export interface WaitingQuery {
  readonly now: number
  /** The place of the last item that is known; 0 = from the start. */
  readonly after: number
  readonly limit: number
}

export interface WaitingItem {
  /** Its place in the order. */
  readonly n: number
  readonly event: StoredEvent
}

export interface DigestItem {
  readonly eventId: string
  readonly level: Level
  /** When the event took its place in the stream. */
  readonly placedAt: number
  readonly expiresAt: number | null
  readonly isRetracted: boolean
}

/** What becomes of a user's digest with the end of a job. `nextAt`: when to look next, if something waits then. */
export type DigestEffect =
  | { readonly type: 'wake'; readonly userId: string; readonly nextAt: number | null }
  | {
      /** Closes a period, once: with another `closedAt` than `expected` all of this was done before, and is left out. */
      readonly type: 'close'
      readonly userId: string
      readonly expected: number | null
      readonly closedAt: number
      /** The digest that `gathered` is under way in from now on; null: it comes to none, and what waits goes on waiting. */
      readonly digest: string | null
      readonly gathered: readonly string[]
      /** What waits no longer. */
      readonly dropped: readonly string[]
      readonly nextAt: number | null
      readonly jobs: readonly NewJob[]
      readonly traces: readonly NewTrace[]
    }
  /** The digest was sent, or never will be. */
  | { readonly type: 'end'; readonly userId: string; readonly digest: string }
  /** What was in it waits for the next one. */
  | { readonly type: 'release'; readonly userId: string; readonly digest: string; readonly nextAt: number | null }
