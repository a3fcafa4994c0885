import { LRUCache } from 'lru-cache'
import type { Bus } from '../../../backends/backend.ts'
import type { EventItem, Store, StreamHead } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { DeviceStanding, PushAddress } from '../../../core/device.ts'
import type { CheckResult } from '../../../core/check.ts'
import { readEvent } from '../../../core/read-event.ts'
import type { Dispatcher, Outcome, Target } from '../dispatcher.ts'
import { labelOf } from './label-of.ts'
import type { Outgoing, PushMessenger } from './push-messenger.ts'
import type { VapidRing } from './vapid-ring.ts'

export interface PushDispatcherOptions {
  readonly store: Pick<
    Store,
    'getPushAddress' | 'getDeviceStanding' | 'nameDevices' | 'removeDevice' | 'getHead' | 'listSettled'
  >
  readonly bus: Bus
  readonly ring: VapidRing
  readonly messenger: PushMessenger
  readonly clock: Clock
  /** Told of what the operator alone can mend, as a key that push services refuse. */
  readonly onTrouble: (origin: string, reason: string) => void
  readonly checks: () => Promise<readonly CheckResult[]>
}

/** Notifications that a message can close; more would leave no room for itself. */
const MAX_CLOSED = 16
/** Devices whose address is at hand, some hundred bytes each: to unseal one takes as long as two reads. */
const MAX_ADDRESSES = 10_000

const KEY_LOST = { type: 'key_trouble', reason: 'it subscribed with a key that is not here any more' } as const

/** A message, and what the store had answered when it was made. */
interface Written {
  readonly head: StreamHead
  readonly settled: readonly string[]
  readonly message: Outgoing
}

/** Web Push as a dispatcher: a target is a device. One that has ended is removed, and nothing else removes one. */
export function createPushDispatcher(options: PushDispatcherOptions): Dispatcher {
  const { store, bus, ring, messenger, clock, onTrouble } = options
  // Each subscribing may bring another address; a new secret or a later instant tells of it.
  const addresses = new LRUCache<string, { readonly version: string; readonly address: PushAddress }>({
    max: MAX_ADDRESSES,
  })

  const messages = new WeakMap<EventItem, Written>()

  async function addressOf({ id, secretHash, seenAt }: DeviceStanding): Promise<PushAddress | null> {
    const version = `${seenAt} ${secretHash}`
    const known = addresses.get(id)
    if (known?.version === version) return known.address
    const address = await store.getPushAddress(id)
    if (address !== null) addresses.set(id, { version, address })
    return address
  }

  /** False when it has another address by now, which the answer was not about. */
  async function end({ id, userId, seenAt }: DeviceStanding): Promise<boolean> {
    addresses.delete(id)
    const isEnded = await store.removeDevice(id, { why: 'gone', at: clock.now(), seenAt })
    if (isEnded) bus.publish('changed', { what: 'user', id: userId })
    return isEnded || (await store.getDeviceStanding(id)) === null
  }

  async function deliver(item: EventItem, target: Target, signal: AbortSignal, attempt = 1): Promise<Outcome> {
    const device = await store.getDeviceStanding(target.id)
    if (device === null || device.userId !== target.userId) return { type: 'gone', reason: 'it was removed' }
    const message = await messageOf(item)
    const address = await addressOf(device)
    if (address === null) return { type: 'gone', reason: 'it was removed' }
    const key = await ring.find(device.keyId)
    const result = key === null ? KEY_LOST : await messenger.push(message, { address, key }, attempt, signal)
    if (result.type === 'key_trouble') {
      onTrouble(new URL(address.endpoint).origin, result.reason)
      // Keys can be mended while it waits, and then nothing is lost.
      return { type: 'retry', afterMs: null, reason: `the key was refused: ${result.reason}` }
    }
    if (result.type !== 'gone' || (await end(device))) return result
    return { type: 'retry', afterMs: null, reason: 'its subscription had ended, and it has another one since' }
  }

  /** The same for all devices, as long as the store answers the same: a worker passes over what it does not show. */
  async function messageOf(item: EventItem): Promise<Outgoing> {
    const { userId, id, seq } = item
    const head = await store.getHead(userId)
    const settled = await store.listSettled(userId, MAX_CLOSED)
    const known = messages.get(item)
    if (known?.head === head && known.settled === settled) return known.message
    const standing = { seq, unread: head.unread.total, close: settled.filter(other => other !== id) }
    const message = { event: readEvent(item), standing }
    messages.set(item, { head, settled, message })
    return message
  }

  return {
    channel: 'push',
    targets: async userId => {
      const devices = await store.nameDevices(userId)
      return devices.map((device): Target => ({ id: device.id, userId, label: labelOf(device) }))
    },
    deliver,
    checks: options.checks,
  }
}
