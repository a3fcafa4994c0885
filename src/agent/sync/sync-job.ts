import type { NewJob } from '../../core/job.ts'
import type { SyncPass } from '../../core/sync.ts'

/** "Up to 3 retries". */
const MAX_ATTEMPTS = 4

/** Over some hours: nobody waits for it, and what is not stopped delivers until it runs out. */
const STOP_ATTEMPTS = 10

/** What a job of a pass carries beside its resource: how often it was put off by a limit, and how often begun anew. */
export interface SyncJobNotes {
  readonly limited?: number
  readonly restarts?: number
}

/** The next part of a pass. A page of everything is large, so of those few are in hand at once. */
export function passJob(
  { type }: Pick<SyncPass, 'type'>,
  resourceId: string,
  runAt: number,
  notes?: SyncJobNotes,
): NewJob {
  const job = syncJob(resourceId, runAt, notes)
  return type === 'full' ? { ...job, kind: 'sync.fill' } : job
}

/** Reads one page, or sweeps one slice. In one resource they run one after another. */
export function syncJob(resourceId: string, runAt: number, notes: SyncJobNotes = {}): NewJob {
  return {
    kind: 'sync.run',
    group: `sync:${resourceId}`,
    priority: 0,
    maxAttempts: MAX_ATTEMPTS,
    runAt,
    payload: { resource: resourceId, ...notes },
  }
}

/** Asks for a subscription, or for more of one. `force`: also when none is due. */
export function renewJob(resourceId: string, runAt: number, force = false): NewJob {
  return {
    kind: 'subscription.renew',
    group: `subscriptions:${resourceId}`,
    priority: 0,
    maxAttempts: MAX_ATTEMPTS,
    runAt,
    payload: { resource: resourceId, force },
  }
}

/** Stops one at the provider, whether we know it or only the provider does. */
export function stopJob(
  resourceId: string,
  subscription: { readonly id: string; readonly remoteId: string | null },
  runAt: number,
): NewJob {
  return {
    kind: 'subscription.stop',
    // In no group: a stop that waits for its retry holds no renewal up.
    group: '',
    priority: 0,
    maxAttempts: STOP_ATTEMPTS,
    runAt,
    payload: { resource: resourceId, subscription: subscription.id, remote_id: subscription.remoteId },
  }
}
