import type { HealthEffect, SyncEffect } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { EcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { Log } from '../../core/log.ts'
import type { HeldDeletion, SyncPass, SyncRun, SyncState } from '../../core/sync.ts'
import { judgeHealth, type Evidence, type Judged } from './health.ts'
import { modeOf, type ModeVerdict } from './mode.ts'
import { lookAhead, type SyncTimes } from './next-look.ts'
import type { Readable } from './situation.ts'
import { SYNC_ALERTS } from './sync-alerts.ts'
import { syncJob } from './sync-job.ts'

export interface EndContext {
  readonly clock: Clock
  readonly log: Log
  readonly times: SyncTimes
  /** After a notification others may follow, which the same read sees, ms. */
  readonly coalesceMs: number
  /** Since when this machine has been there to listen: the start, or the end of a sleep. */
  readonly awakeSince: () => number
}

/** What the end of a pass leaves behind, and what the owner is told of it. */
export interface Ended {
  readonly health?: HealthEffect
  readonly sync: SyncEffect
  readonly told: readonly EventInput[]
}

interface Finished {
  /** With the cursor of its last page. */
  readonly pass: SyncPass
  /** By which it began. */
  readonly verdict: ModeVerdict
  /** A deletion that it did not do. */
  readonly held?: HeldDeletion
}

/** A pass that came to its end: the cursor counts from here on, and what was found is evidence of the subscription. */
export function endPass(ctx: EndContext, readable: Readable, { pass, verdict, held }: Finished): Ended {
  const { resource, state, reader } = readable
  const now = ctx.clock.now()
  const full = pass.type === 'full'
  const judged = judgePass(readable, pass, verdict)
  const {
    state: health,
    failureCount,
    givenUp,
  } = judged ?? {
    state: resource.state,
    failureCount: state.failureCount,
    givenUp: false,
  }
  const facts = {
    error: null,
    errorAt: null,
    lastSyncAt: now,
    lastSyncType: pass.type,
    lastFullAt: full ? now : state.lastFullAt,
    lastChangeAt: pass.changed > 0 ? now : state.lastChangeAt,
    heldDeletion: full ? (held ?? null) : state.heldDeletion,
    generation: pass.generation,
  } satisfies Partial<SyncState>
  const patch = { ...facts, pass: null, cursor: pass.cursor, cursorVersion: reader.version }
  const told = [
    ...(held === undefined || isKnown(held, state.heldDeletion) ? [] : [SYNC_ALERTS.heldDeletion(resource, held)]),
    ...(givenUp ? [SYNC_ALERTS.disabled(resource, failureCount)] : []),
  ]
  const nextAt = nextLook(ctx, {
    ...readable,
    resource: { ...resource, state: health },
    state: { ...state, ...facts, failureCount },
  })
  return {
    told,
    // A read that says nothing of the subscription leaves alone what others find of it at the same time.
    ...(judged === null ? {} : { health: { resourceId: resource.id, state: health, failureCount } }),
    sync: { resourceId: resource.id, patch: { ...patch, nextAt }, end: endOf(ctx, readable, pass, null) },
  }
}

/** A pass that was given up. A full one is gone on with: what it has written carries its number. */
export function failPass(
  ctx: EndContext,
  readable: Readable,
  { pass, error, job }: { readonly pass: SyncPass; readonly error: EcError; readonly job: string | null },
): Ended {
  const { resource, state } = readable
  const now = ctx.clock.now()
  const facts = { error: error.code, errorAt: now }
  const nextAt = nextLook(ctx, { ...readable, state: { ...state, ...facts } })
  const patch = { ...facts, nextAt, pass: pass.type === 'full' && pass.pages > 0 ? pass : null }
  // Whoever has asked by now has this failure for an answer: as a reason for another read it would be one without end.
  const end = endOf(ctx, readable, { ...pass, seq: state.seq }, error.code)
  // Told once: the same failure again is no news, unless somebody waits for this very read, which could be done over.
  const tells = state.error !== error.code || (job !== null && (pass.through !== null || pass.cause === 'user'))
  return {
    told: tells ? [SYNC_ALERTS.failed(resource, { error, account: readable.account, job })] : [],
    sync: { resourceId: resource.id, patch, end },
  }
}

function endOf(ctx: EndContext, { resource }: Readable, pass: SyncPass, error: string | null) {
  const now = ctx.clock.now()
  const { type, cause, startedAt, pages, changed, seq, through } = pass
  const run: SyncRun = { type, cause, startedAt, endedAt: now, pages, changed, error }
  return { run, seq, again: syncJob(resource.id, now + ctx.coalesceMs), through }
}

/** What a read tells of the subscription; null = nothing. One that is not relied upon is not judged by what it did not tell. */
function judgePass({ resource, state }: Readable, pass: SyncPass, verdict: ModeVerdict): Judged | null {
  const health = { state: resource.state, failureCount: state.failureCount }
  const evidence: Evidence | null =
    verdict.mode !== 'webhook'
      ? null
      : pass.missedAt !== null
        ? { type: 'missed' }
        : pass.cause === 'probe' && pass.changed === 0
          ? { type: 'silent' }
          : null
  return evidence === null ? null : judgeHealth(health, evidence)
}

function nextLook(ctx: EndContext, readable: Readable): number | null {
  const now = ctx.clock.now()
  return lookAhead(readable, modeOf(readable, now), ctx.times, { now, awakeSince: ctx.awakeSince() }).at
}

function isKnown(held: HeldDeletion, before: SyncState['heldDeletion']): boolean {
  return before !== null && before.gone === held.gone && before.of === held.of
}
