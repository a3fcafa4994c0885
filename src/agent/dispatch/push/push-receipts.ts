import type { Bus } from '../../../backends/backend.ts'
import type { Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Device } from '../../../core/device.ts'
import { EcError } from '../../../core/errors.ts'
import { TokenBuckets } from '../../../core/token-buckets.ts'
import type { PushReceipt } from '../../http/api.ts'
import { proveDevice } from './device-secret.ts'
import { labelOf } from './label-of.ts'

export interface PushReceiptsOptions {
  readonly store: Pick<Store, 'getDevice' | 'noteShown' | 'recordReceipt'>
  readonly bus: Bus
  readonly clock: Clock
}

/** What devices say that became of the messages there. */
export interface PushReceipts {
  /**
   * Writes down what a device says, once. `EC_FORBIDDEN` when device, secret and event do not belong together, without
   * telling which; `EC_RATE_LIMITED`.
   */
  take(receipt: PushReceipt): Promise<void>
  /** A test is on its way: it stands in no history, and its receipt is known by this alone. */
  expectTrial(eventId: string, device: Device): void
}

/** A device that was off says at once what it shows then. */
const RATE = { burst: 120, perSecond: 1 }
const MAX_DEVICES = 10_000
const MAX_TRIALS = 1_000

export function createPushReceipts({ store, bus, clock }: PushReceiptsOptions): PushReceipts {
  const buckets = new TokenBuckets(RATE, MAX_DEVICES, clock)
  /** Event to device. */
  const trials = new Map<string, string>()

  async function take({ device: id, secret, event: eventId, what, at }: PushReceipt): Promise<void> {
    const device = await proveDevice(store, id, secret)
    if (device === null) throw refusal()
    const retryAfterMs = buckets.take(device.id)
    if (retryAfterMs > 0) throw new EcError('EC_RATE_LIMITED', 'the device says too much at once', { retryAfterMs })
    const now = clock.now()
    // The clock of a device may be wrong; nothing happened later than now.
    const happened = Math.min(at ?? now, now)
    if (trials.get(eventId) === device.id) return store.noteShown(device.id, happened)
    const { userId } = device
    const about = { device: device.id, label: labelOf(device) }
    const end = await store.recordReceipt({ userId, eventId, ...about, what, at: happened })
    if (end.outcome === 'unknown') throw refusal()
    if (end.items.length > 0) bus.publish('stream', { userId, items: end.items })
  }

  return {
    take,
    expectTrial(eventId, device) {
      const [oldest] = trials.keys()
      if (trials.size >= MAX_TRIALS && oldest !== undefined) trials.delete(oldest)
      trials.set(eventId, device.id)
    },
  }
}

function refusal(): EcError {
  return new EcError('EC_FORBIDDEN', 'the device, its secret and the event do not belong together', {
    hint: 'use what the answer to POST /api/push/subscribe said last',
  })
}
