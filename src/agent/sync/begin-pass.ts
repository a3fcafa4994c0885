import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { SyncPass, SyncState } from '../../core/sync.ts'
import type { ModeVerdict } from './mode.ts'
import type { Readable } from './situation.ts'

export interface BeginOptions {
  readonly store: Pick<Store, 'newestSyncing'>
  readonly clock: Pick<Clock, 'now'>
}

/** A new pass: what has changed since the cursor, or everything when there is no cursor that holds. */
export async function beginPass(
  { store, clock }: BeginOptions,
  { resource, state, reader }: Readable,
  { mode }: ModeVerdict,
): Promise<SyncPass> {
  const full = state.cursor === null || state.cursorVersion !== reader.version || state.asked?.full === true
  const cause = state.asked?.cause ?? 'polling'
  // The state was read before: a notification that came in between is covered by this pass and asks for one more.
  const through = await store.newestSyncing(resource.id)
  return {
    type: full ? 'full' : cause === 'webhook' || cause === 'probe' || mode === 'webhook' ? 'webhook' : 'polling',
    cause: full && cause !== 'user' ? 'full' : cause,
    phase: 'read',
    seq: state.seq,
    through,
    startedAt: clock.now(),
    page: null,
    // Items of a full pass that was broken off may be there with the number after the present one; such a pass is gone on with.
    generation: full ? state.generation + 1 : state.generation,
    cursor: null,
    pages: 0,
    read: 0,
    changed: 0,
    expected: null,
    missedAt: null,
  }
}

/** Everything anew, under a number of its own: what the pass so far has marked as seen may have gone since. */
export function restartPass(pass: SyncPass, { generation }: SyncState, now: number): SyncPass {
  return {
    ...pass,
    type: 'full',
    cause: pass.cause === 'user' ? 'user' : 'full',
    phase: 'read',
    startedAt: now,
    page: null,
    generation: Math.max(generation, pass.generation) + 1,
    cursor: null,
    pages: 0,
    read: 0,
    changed: 0,
    expected: null,
    missedAt: null,
  }
}
