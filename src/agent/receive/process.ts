import type { JobEffects, NewEvent, Store } from '../../backends/store.ts'
import { EcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { Provider } from '../../providers/provider.ts'

export interface ProcessOptions {
  readonly store: Pick<Store, 'getNotification'>
  /** Null for one that was removed. */
  readonly findResource: (id: string) => Promise<Resource | null>
  readonly loadProvider: (id: string) => Promise<Provider>
  /** What it causes where the resource is synced; null where a notification alone makes an event. */
  readonly announce: (record: NotificationRecord) => Promise<JobEffects | null>
  readonly events: { makeOwn(inputs: readonly EventInput[]): readonly NewEvent[] }
}

/** Jobs come in the order in which notifications came, so those that follow will be asked for in the same turn. */
const READ_AHEAD = 32

/**
 * Turns an accepted notification into events for the owner of its resource, or into a read of a resource that is synced. It changes nothing itself: what it returns
 * is done in the transaction that ends its job, so a repetition after a crash repeats no effect.
 */
export async function processNotification(options: ProcessOptions, id: string): Promise<JobEffects> {
  const { store, findResource, loadProvider, events } = options
  const record = await store.getNotification(id, READ_AHEAD)
  if (!record) throw new EcError('EC_NOT_FOUND', `notification ${id} is no longer stored`)
  const resource = await findResource(record.resourceId)
  if (!resource) {
    // Its owner took the resource away while it waited: there is nobody to tell.
    return { notification: { id, state: 'processed', reason: 'EC_RESOURCE_UNKNOWN' } }
  }
  const announced = resource.accountId === null ? null : await options.announce(record)
  if (announced !== null) return announced
  if (!record.body) throw new EcError('EC_NOT_FOUND', `the body of notification ${id} is no longer stored`)
  const provider = await loadProvider(record.provider)
  const inputs = provider.receiver?.describe(record, resource) ?? []
  return { notification: { id, state: 'processed' }, events: events.makeOwn(inputs) }
}
