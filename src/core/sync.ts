import type { CallCause } from './api-call.ts'

export const SYNC_TYPES = ['webhook', 'polling', 'full'] as const
export type SyncType = (typeof SYNC_TYPES)[number]

/** Why a resource is read; the calls that it takes stand under it in the ledger. From the weakest to the strongest. */
export const SYNC_CAUSES = ['polling', 'probe', 'webhook', 'full', 'user'] as const satisfies readonly CallCause[]
export type SyncCause = (typeof SYNC_CAUSES)[number]

/** How a resource learns of changes at this moment; one of them, never two. `none`: paused, or nothing can read it. */
export const SYNC_MODES = ['webhook', 'polling', 'none'] as const
export type SyncMode = (typeof SYNC_MODES)[number]

/**
 * One reading of all that changed, page by page; a job a page. `read`: pages come. `sweep`: of a full pass, all pages are
 * there, and what none of them named goes, a slice a job.
 */
export interface SyncPass {
  readonly type: SyncType
  readonly cause: SyncCause
  readonly phase: 'read' | 'sweep'
  /** `seq` of the state when it began: what was announced up to there, it sees. */
  readonly seq: number
  /** The newest notification that it covers; null = none waits. */
  readonly through: string | null
  readonly startedAt: number
  /** Where the next page is, as the provider says; null = at the beginning. */
  readonly page: string | null
  /** Of the items that it writes. A full pass has a new one. */
  readonly generation: number
  /** What the last page gave, to be kept once the sweep is done. */
  readonly cursor: string | null
  readonly pages: number
  readonly read: number
  readonly changed: number
  /** How many there may be in all, for the progress of a first sync; null = not known. */
  readonly expected: number | null
  /** Changes that nothing had announced in time: the oldest, by the provider's clock. */
  readonly missedAt: number | null
  /**
   * Ids of exceptions that its pages so far have named as being there; missing = none. What a later page says of their series
   * does not take them along: pages come in no order that could be relied on.
   */
  readonly exceptions?: readonly string[]
}

/** How far the copy of a resource goes, and what is to be done next. Instants are ms since 1970. */
export interface SyncState {
  readonly resourceId: string
  /** Where the next read of changes begins; null = everything is to be read. */
  readonly cursor: string | null
  /** What the cursor is bound to (`Reader.version`); another one makes it void. */
  readonly cursorVersion: string | null
  /** The last full pass whose items are all here; 0 = there was none. */
  readonly generation: number
  /** Items here. */
  readonly items: number
  /** Under way, or broken off and to be gone on with. */
  readonly pass: SyncPass | null
  /** Grows with everything that asks for a read. */
  readonly seq: number
  /** For the next pass, while one is asked for. */
  readonly asked: { readonly cause: SyncCause; readonly full: boolean } | null
  /** The job that waits or runs. */
  readonly job: string | null
  /** Failures of the subscription in a row. */
  readonly failureCount: number
  /** When it is looked at again without being asked: a poll, a probe, a try to subscribe. Null = never. */
  readonly nextAt: number | null
  /** The last pass that ended well, whatever it found. */
  readonly lastSyncAt: number | null
  readonly lastSyncType: SyncType | null
  readonly lastFullAt: number | null
  /** When the last pass that found something did so. */
  readonly lastChangeAt: number | null
  /** The last notification of a change, by stream or webhook. */
  readonly lastAnnouncedAt: number | null
  /** Of the last pass when it failed: a code of the catalogue. */
  readonly error: string | null
  readonly errorAt: number | null
  /** A deletion that asks for a person's word: so many of so many items would go. */
  readonly heldDeletion: HeldDeletion | null
}

/** `confirmed`: a person has said that it may, and the next full pass does it. */
export interface HeldDeletion {
  readonly gone: number
  readonly of: number
  readonly confirmed: boolean
}

/** A pass that has ended, as it is kept. Instants are ms since 1970. */
export interface SyncRun {
  readonly type: SyncType
  readonly cause: SyncCause
  readonly startedAt: number
  readonly endedAt: number
  readonly pages: number
  readonly changed: number
  /** Null = it ended well; else a code of the catalogue. */
  readonly error: string | null
}

/** Runs of a resource and type, summed up over a span. */
export interface SyncRunSum {
  readonly resourceId: string
  readonly type: SyncType
  readonly runs: number
  readonly failed: number
  readonly changed: number
  /** Notifications whose processing ended with them, and those of them that died. */
  readonly notifications: number
  readonly lost: number
  /** From the receipt of a notification to the end of its processing, ms; null = there was none. */
  readonly latencyP50: number | null
  readonly latencyP99: number | null
}
