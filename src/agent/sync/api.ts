import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { SyncState } from '../../core/sync.ts'
import type { SyncApi, SyncView } from '../http/api.ts'
import { modeOf } from './mode.ts'
import { renewalAt } from './next-look.ts'
import { readSituation, type SituationOptions } from './read-situation.ts'
import type { Situation } from './situation.ts'
import { renewJob, stopJob, syncJob } from './sync-job.ts'
import { toHint } from './to-hint.ts'

export interface SyncApiOptions extends SituationOptions {
  readonly store: Store
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Pick<Clock, 'now'>
  /** Told that jobs may have been born. */
  readonly wake: () => void
}

const PAGE = 500

export function createSyncApi(options: SyncApiOptions): SyncApi {
  const { store, bus, clock, wake } = options

  return {
    async get(resourceId) {
      const situation = await readSituation(options, resourceId)
      return situation === null ? null : viewOf(situation, clock.now())
    },
    async list(query) {
      const { rows, next } = await store.listSyncs(query)
      const situations = await Promise.all(rows.map(({ resourceId }) => readSituation(options, resourceId)))
      const now = clock.now()
      return { rows: situations.flatMap(one => (one === null ? [] : [viewOf(one, now)])), next }
    },
    async sync(resourceId, { full, confirmDeletion }) {
      const situation = await readable(resourceId)
      if (confirmDeletion) await confirm(situation.state)
      return { jobId: await ask(resourceId, full || confirmDeletion) }
    },
    watch,
    subscriptions: query => store.listSubscriptions(query),
    subscription: found,
    async renew(id) {
      const { resourceId } = await found(id)
      await watchable(resourceId)
      return { jobId: await addJob(renewJob(resourceId, clock.now(), true)) }
    },
    async stop(id) {
      const { resourceId, remoteId, state } = await found(id)
      if (state === 'ended') throw new EcError('EC_CONFLICT', 'the subscription has ended', { hint: 'nothing to do' })
      if (state === 'superseded') return { jobId: await addJob(stopJob(resourceId, { id, remoteId }, clock.now())) }
      // Else it would be asked for again at once.
      await setWatched(resourceId, false)
      return { jobId: await addJob(renewJob(resourceId, clock.now())) }
    },
    runs: query => store.listSyncRuns(query),
    sums: since => store.sumSyncRuns(since),
    setUpUser,
  }

  async function watch(resourceId: string): Promise<{ readonly jobId: string }> {
    const situation = await readable(resourceId)
    if (situation.webhooks === 'off_here') await setWatched(resourceId, true)
    await watchable(resourceId)
    await store.updateResource(resourceId, { state: 'starting' })
    await store.patchSync(resourceId, { failureCount: 0 })
    const jobId = await addJob(renewJob(resourceId, clock.now(), true))
    bus.publish('changed', { what: 'resource', id: resourceId })
    return { jobId }
  }

  async function setUpUser(userId: string) {
    const tasks: { jobId: string; resourceId: string }[] = []
    for (let after: string | null = '0'; after !== null;) {
      const page: Awaited<ReturnType<Store['listSyncs']>> = await store.listSyncs({ userId, limit: PAGE, after })
      for (const { resourceId } of page.rows) {
        const situation = await readSituation(options, resourceId)
        if (situation === null || modeOf(situation, clock.now()).mode === 'none') continue
        tasks.push({ jobId: await ask(resourceId, false), resourceId })
        // A subscription that is wanted is asked for when it is looked at.
        bus.publish('changed', { what: 'resource', id: resourceId })
      }
      after = page.next
    }
    return tasks
  }

  async function ask(resourceId: string, full: boolean): Promise<string> {
    const at = clock.now()
    const job = syncJob(resourceId, at)
    const id = await store.requestSync({ resourceId, cause: 'user', full, announced: false, at, job, hurry: true })
    if (id === null) throw notSynced()
    wake()
    return id
  }

  async function addJob(job: ReturnType<typeof renewJob>): Promise<string> {
    const id = await store.addJob(job, clock.now())
    wake()
    return id
  }

  /** Covers what was shown, or, when nothing was, what is here: the person has said that it may go. */
  async function confirm({ resourceId, heldDeletion, items }: SyncState): Promise<void> {
    const { gone, of } = heldDeletion ?? { gone: items, of: items }
    await store.patchSync(resourceId, { heldDeletion: { gone, of, confirmed: true } })
  }

  async function setWatched(resourceId: string, on: boolean): Promise<void> {
    const feature = `webhooks:${resourceId}`
    await store.setFeature(feature, on)
    bus.publish('changed', { what: 'feature', id: feature })
  }

  async function readable(resourceId: string): Promise<Situation> {
    const situation = await readSituation(options, resourceId)
    if (situation === null) {
      if ((await store.getResource(resourceId)) === null) {
        throw new EcError('EC_NOT_FOUND', 'no such resource', { hint: 'list what there is: `ec resources list`' })
      }
      throw notSynced()
    }
    const { mode, because, next } = modeOf(situation, clock.now())
    if (mode !== 'none') return situation
    throw new EcError('EC_CONFLICT', `it is not read: ${because}`, next === null ? {} : { hint: toHint(next) })
  }

  async function watchable(resourceId: string): Promise<void> {
    const situation = await readable(resourceId)
    const { webhooks, address, provider } = situation
    if (provider.subscriptions !== undefined && webhooks === 'on' && address !== null) return
    const { because, next } = modeOf(situation, clock.now())
    throw new EcError('EC_CONFLICT', `it cannot be watched: ${because}`, next === null ? {} : { hint: toHint(next) })
  }

  async function found(id: string) {
    const subscription = await store.getSubscription(id)
    if (subscription !== null) return subscription
    throw new EcError('EC_NOT_FOUND', 'no such subscription', { hint: 'list what there is: `ec subscriptions list`' })
  }
}

function viewOf(situation: Situation, now: number): SyncView {
  const { resource, state, subscription, provider } = situation
  const { mode, because, next, watch } = modeOf(situation, now)
  const renewAt =
    subscription === null || !watch ? null : Math.round(renewalAt(subscription, provider.subscriptions?.renewAfterMs))
  return { resource, state, mode, because, next, subscription, renewAt }
}

function notSynced(): EcError {
  return new EcError('EC_CONFLICT', 'the resource is not synced: it has no account that it could be read with', {
    hint: 'add it with an account: `ec setup`, or `ec resources add PROVIDER --account ID --target T`',
  })
}
