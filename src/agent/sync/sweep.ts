import type { JobEffects, NewEvent, Store } from '../../backends/store.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { SyncPass } from '../../core/sync.ts'
import { isHeld } from './deletion-guard.ts'
import { endPass, type EndContext } from './end-pass.ts'
import type { ModeVerdict } from './mode.ts'
import type { Readable } from './situation.ts'
import { passJob } from './sync-job.ts'
import { tellChanges } from './tell-changes.ts'
import { toldByInPlaceOf } from './twins.ts'
import { withSeries } from './with-series.ts'

/** Items that go with one job. */
const SLICE = 500

export interface SweepOptions extends EndContext {
  readonly store: Pick<Store, 'countUnseen' | 'getItems' | 'listUnseen'>
  readonly events: { makeOwn(inputs: readonly EventInput[]): readonly NewEvent[] }
}

/**
 * All pages of a full pass are in: what none of them named goes, a slice a job, unless it is so much that a person has to
 * say so. What is held stays, and later reads go on from the new cursor.
 */
export async function sweep(
  options: SweepOptions,
  readable: Readable,
  pass: SyncPass,
  verdict: ModeVerdict,
): Promise<JobEffects> {
  const { store, events, clock } = options
  const { resource, state, reader, account } = readable
  const gone = await store.countUnseen(resource.id, pass.generation)
  const plan = { gone, of: state.items }
  // Before a first pass has come to its end, all there is are its own beginnings.
  if (state.generation > 0 && isHeld(plan, state.heldDeletion)) {
    return finish(endPass(options, readable, { pass, verdict, held: { ...plan, confirmed: false } }))
  }
  if (gone === 0) return finish(endPass(options, readable, { pass, verdict }))
  const unseen = await store.listUnseen(resource.id, pass.generation, SLICE)
  const changes = unseen.map(before => ({ before, after: null }))
  const named = new Map(unseen.map(({ id }) => [id, { type: 'delete', id, updatedAt: null } as const]))
  const teller = toldByInPlaceOf(readable, readable.twins)?.resource.id ?? null
  // What has gone from the copy of the other account was told when it went.
  const left = teller === null ? null : new Set((await store.getItems(teller, [...named.keys()])).map(({ id }) => id))
  const news = left === null ? changes : changes.filter(({ before }) => left.has(before.id))
  const told =
    state.generation === 0
      ? []
      : tellChanges(await withSeries(store, resource.id, news, named), {
          reader,
          resource,
          account,
          now: clock.now(),
        })
  const swept = { ...pass, changed: pass.changed + changes.length }
  const removed = unseen.map(({ id }) => id)
  if (gone > unseen.length) {
    const next = passJob(pass, resource.id, clock.now())
    return {
      events: events.makeOwn(told),
      sync: { resourceId: resource.id, removed, patch: { pass: swept }, next },
    }
  }
  const end = endPass(options, readable, { pass: swept, verdict })
  return { ...finish({ ...end, told: [...told, ...end.told] }), sync: { ...end.sync, removed } }

  function finish({ told: inputs, ...effects }: ReturnType<typeof endPass>): JobEffects {
    return { ...effects, events: events.makeOwn(inputs) }
  }
}
