import type { NewNotification, Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import type { Resource } from '../../core/resource.ts'
import type { RefusedItem, StreamedItem } from '../../providers/provider.ts'
import { processingJob } from './processing-job.ts'

export interface StreamedOptions {
  readonly store: Pick<Store, 'acceptNotifications' | 'releaseHeld' | 'getResource' | 'listResources' | 'quarantine'>
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  /** Told when there is work. */
  readonly onAccepted: () => void
  /** Told when notifications are stored, whether or not there is work. */
  readonly onStored: () => void
}

/** Makes durable what a stream brought; resolves only then. What is for no resource of ours is counted and let go. */
export type AcceptStream = (
  provider: string,
  items: readonly StreamedItem[],
  refused: readonly RefusedItem[],
) => Promise<void>

const PAGE = 500
const MAX_QUARANTINED = 1_000
const MAX_BODY_BYTES = 64 * 1024

export function createStreamed(options: StreamedOptions): AcceptStream {
  const { store, clock, log, meter, onAccepted, onStored } = options

  return async function accept(provider, items, refused) {
    const resources = (await listResources(provider)).filter(({ target }) => target !== null)
    const now = clock.now()
    const notifications = items.flatMap(item => {
      const meant = resources.filter(({ target }) => target?.toLowerCase() === item.target.toLowerCase())
      if (meant.length === 0) count(provider, 'unknown')
      return meant.map(resource => newNotification(resource, item, now))
    })
    if (notifications.length > 0) await keep(provider, notifications)
    for (const item of refused) await setAside(provider, resources[0], item, now)
  }

  async function keep(provider: string, notifications: readonly NewNotification[]): Promise<void> {
    const kept = await store.acceptNotifications(notifications)
    for (const { outcome } of kept) count(provider, outcome)
    if (!kept.some(({ outcome }) => outcome === 'accepted')) return
    meter
      .counter('ec_notifications_total', { provider })
      .add(kept.filter(({ outcome }) => outcome === 'accepted').length)
    await releaseResumed(notifications)
    onStored()
    onAccepted()
  }

  /** A resource may have been resumed, and what it held released, while this was on its way. */
  async function releaseResumed(notifications: readonly NewNotification[]): Promise<void> {
    const held = new Set(notifications.filter(({ job }) => job === null).map(({ resourceId }) => resourceId))
    for (const id of held) {
      const current = await store.getResource(id)
      if (current?.paused === false) await store.releaseHeld(id, processingJob(id, clock.now()))
    }
  }

  /** It names no mailbox, so it is kept with any resource that the stream is for: that somebody finds it. */
  async function setAside(
    provider: string,
    resource: Resource | undefined,
    { reason, detail, body }: RefusedItem,
    receivedAt: number,
  ): Promise<void> {
    count(provider, 'refused')
    log.warn('a stream brought what cannot be understood', { provider, reason })
    if (resource === undefined) return
    await store.quarantine(
      {
        provider,
        resourceId: resource.id,
        kind: '',
        receivedAt,
        headers: {},
        body: body.subarray(0, MAX_BODY_BYTES),
        reason,
        detail,
      },
      MAX_QUARANTINED,
    )
    onStored()
  }

  async function listResources(provider: string): Promise<readonly Resource[]> {
    const all: Resource[] = []
    for (let after: string | null = '0'; after !== null;) {
      const page: { readonly rows: readonly Resource[]; readonly next: string | null } = await store.listResources({
        provider,
        limit: PAGE,
        after,
      })
      all.push(...page.rows)
      after = page.next
    }
    return all
  }

  function count(provider: string, outcome: 'accepted' | 'duplicate' | 'unknown' | 'refused'): void {
    meter.counter('ec_streamed_total', { provider, outcome }).add()
  }
}

function newNotification(resource: Resource, item: StreamedItem, receivedAt: number): NewNotification {
  const { provider, id: resourceId, paused } = resource
  const { key, kind, headers, body } = item
  const job = paused ? null : processingJob(resourceId, receivedAt)
  return { provider, resourceId, key, kind, receivedAt, headers, body, job }
}
