import type { Bus } from '../../../backends/backend.ts'
import type { Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Device, DeviceEnding } from '../../../core/device.ts'
import { EcError } from '../../../core/errors.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Ids, RandomBytes } from '../../../core/ids.ts'
import { TokenBuckets } from '../../../core/token-buckets.ts'
import type { PushApi, PushTrial } from '../../http/api.ts'
import { proveDevice } from './device-secret.ts'
import type { EndpointGuard } from './endpoint-guard.ts'
import type { PushMessenger, PushResult } from './push-messenger.ts'
import type { PushReceipts } from './push-receipts.ts'
import { createSubscriptions, currentKey } from './subscriptions.ts'
import type { VapidRing } from './vapid-ring.ts'

export interface PushApiOptions {
  readonly store: Pick<
    Store,
    | 'putDevice'
    | 'renewDevice'
    | 'getDevice'
    | 'getEndedDevice'
    | 'isGoneEndpoint'
    | 'getPushAddress'
    | 'listDevices'
    | 'noteDevice'
    | 'removeDevice'
    | 'getHead'
  >
  readonly bus: Bus
  /** Resolves when the delivery goes by what is now known of a user. */
  readonly changed: (userId: string) => Promise<void>
  readonly ring: VapidRing
  readonly guard: EndpointGuard
  readonly messenger: PushMessenger
  readonly receipts: PushReceipts
  readonly answer: PushApi['answer']
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: RandomBytes
}

/** A person tests a few devices: ten a minute, of one user. */
const RATE = { burst: 10, perSecond: 10 / 60 }
const MAX_USERS = 10_000

export function createPushApi(options: PushApiOptions): PushApi {
  const { store, bus, ring, messenger, receipts, clock, ids } = options
  const testing = new TokenBuckets(RATE, MAX_USERS, clock)

  /** Events of the user go to other places from here on. */
  async function tell(userId: string): Promise<void> {
    bus.publish('changed', { what: 'user', id: userId })
    await options.changed(userId)
  }

  const subscriptions = createSubscriptions({ ...options, tell })

  async function forget({ id, userId }: Device, ending?: DeviceEnding): Promise<void> {
    await store.removeDevice(id, ending)
    await tell(userId)
  }

  /** A user's own device; anybody's for the operator. What is somebody else's looks like what is not there. */
  async function find(id: string, userId: string | null): Promise<Device> {
    const device = await store.getDevice(id)
    if (device && (userId === null || device.userId === userId)) return device
    throw new EcError('EC_NOT_FOUND', 'no such device', { hint: 'list what there is: `ec devices list`' })
  }

  async function tryDevice(device: Device, nonce: string | null): Promise<PushTrial> {
    const event = trialEvent(device, nonce, ids, clock)
    const result = await send(device, event)
    const reason = 'reason' in result ? result.reason : null
    if (result.type === 'gone') await forget(device, { why: 'gone', at: clock.now(), seenAt: device.seenAt })
    else await store.noteDevice({ id: device.id, at: clock.now(), error: reason })
    return { device: device.id, event: event.id, outcome: result.type, reason }
  }

  async function send(device: Device, event: EcEvent): Promise<PushResult> {
    const [address, key, head] = await Promise.all([
      store.getPushAddress(device.id),
      ring.find(device.keyId),
      store.getHead(device.userId),
    ])
    if (!address) return { type: 'gone', reason: 'it was removed' }
    if (!key) return { type: 'key_trouble', reason: 'it subscribed with a key that is not here any more' }
    receipts.expectTrial(event.id, device)
    const message = { event, standing: { seq: null, unread: head.unread.total, close: [] } }
    return messenger.push(message, { address, key }, 1, new AbortController().signal)
  }

  return {
    async key() {
      const { id, publicKey } = await currentKey(ring)
      return { id, publicKey }
    },
    async setUp(subject, rotate) {
      const { key, made } = await ring.setUp(subject, rotate)
      return { id: key.id, publicKey: key.publicKey, subject: key.subject, made }
    },
    ...subscriptions,
    async unsubscribe(id, secret) {
      const device = await proveDevice(store, id, secret)
      if (device === null) {
        throw new EcError('EC_FORBIDDEN', 'the device and its secret do not belong together', {
          hint: 'use what the answer to POST /api/push/subscribe said last',
        })
      }
      await forget(device)
    },
    receipt: receipts.take,
    answer: options.answer,
    devices: query => store.listDevices(query),
    async remove(id, userId) {
      await forget(await find(id, userId), { why: 'removed', at: clock.now() })
    },
    async test(id, userId, nonce) {
      const device = await find(id, userId)
      takeTurn(testing, device.userId)
      return tryDevice(device, nonce)
    },
    async ageOfKey(id) {
      if ((await ring.find(id)) === null) return 'gone'
      return (await ring.current())?.id === id ? 'current' : 'older'
    },
  }
}

function takeTurn(buckets: TokenBuckets, userId: string): void {
  const retryAfterMs = buckets.take(userId)
  if (retryAfterMs > 0) throw new EcError('EC_RATE_LIMITED', 'a user may test ten times a minute', { retryAfterMs })
}

/** Stands in no history: it is a question to the way, not news. */
function trialEvent(device: Device, nonce: string | null, ids: Ids, clock: Clock): EcEvent {
  return {
    id: nonce === null ? ids.next('evt') : `evt_test-${nonce}`,
    user_id: device.userId,
    type: 'push.test',
    title: 'EventCenter can reach this device',
    body: device.name === null ? 'You asked for this test.' : `You asked for this test of ${device.name}.`,
    level: 'info',
    created_at: new Date(clock.now()).toISOString(),
    service: 'ec',
  }
}
