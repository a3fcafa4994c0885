import { z } from 'zod'
import {
  SYNC_CAUSES,
  SYNC_MODES,
  SYNC_TYPES,
  type HeldDeletion,
  type SyncPass,
  type SyncRun,
} from '../../../core/sync.ts'
import type { SyncView } from '../api.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'
import { renderSubscription, subscriptionView } from './subscription.ts'

/** A read that is under way. */
const passView = z.strictObject({
  type: z.enum(SYNC_TYPES),
  cause: z.enum(SYNC_CAUSES),
  phase: z.enum(['read', 'sweep']),
  started_at: instant,
  pages: z.int(),
  read: z.int(),
  changed: z.int(),
  expected: z.int().nullable(),
})

/** How a resource learns of changes, how far its copy goes, and what comes next. The place in the provider's list stays inside. */
export const syncView = z.strictObject({
  mode: z.enum(SYNC_MODES),
  because: z.string(),
  next_step: z.string().nullable(),
  /** Whether the first read has come to its end: before that the copy lacks things. */
  complete: z.boolean(),
  items: z.int(),
  pass: passView.nullable(),
  job: z.string().nullable(),
  failure_count: z.int(),
  next_at: instant.nullable(),
  last_sync_at: instant.nullable(),
  last_sync_type: z.enum(SYNC_TYPES).nullable(),
  last_full_at: instant.nullable(),
  last_change_at: instant.nullable(),
  last_announced_at: instant.nullable(),
  error: z.string().nullable(),
  error_at: instant.nullable(),
  held_deletion: z.strictObject({ gone: z.int(), of: z.int() }).nullable(),
  subscription: subscriptionView.nullable(),
  renew_at: instant.nullable(),
})

export function renderSync({ state, mode, because, next, subscription, renewAt }: SyncView): z.infer<typeof syncView> {
  return {
    mode,
    because,
    next_step: next,
    complete: state.generation > 0,
    items: state.items,
    pass: state.pass === null ? null : renderPass(state.pass),
    job: state.job,
    failure_count: state.failureCount,
    next_at: renderInstantOrNull(state.nextAt),
    last_sync_at: renderInstantOrNull(state.lastSyncAt),
    last_sync_type: state.lastSyncType,
    last_full_at: renderInstantOrNull(state.lastFullAt),
    last_change_at: renderInstantOrNull(state.lastChangeAt),
    last_announced_at: renderInstantOrNull(state.lastAnnouncedAt),
    error: state.error,
    error_at: renderInstantOrNull(state.errorAt),
    held_deletion: renderHeld(state.heldDeletion),
    subscription: subscription === null ? null : renderSubscription(subscription),
    renew_at: renderInstantOrNull(renewAt),
  }
}

/** One that a person has let go waits for nobody. */
function renderHeld(held: HeldDeletion | null): { gone: number; of: number } | null {
  return held === null || held.confirmed ? null : { gone: held.gone, of: held.of }
}

function renderPass({
  type,
  cause,
  phase,
  startedAt,
  pages,
  read,
  changed,
  expected,
}: SyncPass): z.infer<typeof passView> {
  return { type, cause, phase, started_at: renderInstant(startedAt), pages, read, changed, expected }
}

export const syncRunView = z.strictObject({
  resource: z.string(),
  type: z.enum(SYNC_TYPES),
  cause: z.enum(SYNC_CAUSES),
  started_at: instant,
  ended_at: instant,
  pages: z.int(),
  changed: z.int(),
  error: z.string().nullable(),
})

export function renderSyncRun(run: SyncRun & { readonly resourceId: string }): z.infer<typeof syncRunView> {
  const { resourceId, type, cause, startedAt, endedAt, pages, changed, error } = run
  return {
    resource: resourceId,
    type,
    cause,
    started_at: renderInstant(startedAt),
    ended_at: renderInstant(endedAt),
    pages,
    changed,
    error,
  }
}
