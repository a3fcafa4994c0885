import type { Bus } from '../../../backends/backend.ts'
import type { Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Device } from '../../../core/device.ts'
import { EcError } from '../../../core/errors.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Ids, RandomBytes } from '../../../core/ids.ts'
import { TokenBuckets } from '../../../core/token-buckets.ts'
import type { PushApi, PushTrial } from '../../http/api.ts'
import { checkAddress } from './check-address.ts'
import { hashSecret, proveDevice } from './device-secret.ts'
import type { EndpointGuard } from './endpoint-guard.ts'
import type { PushMessenger, PushResult } from './push-messenger.ts'
import type { PushReceipts } from './push-receipts.ts'
import type { VapidRing } from './vapid-ring.ts'

export interface PushApiOptions {
  readonly store: Pick<
    Store,
    'putDevice' | 'getDevice' | 'getPushAddress' | 'listDevices' | 'noteDevice' | 'removeDevice' | 'getHead'
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

/** Of a user; a browser that was reset leaves a device that nobody will ever see again. */
const MAX_DEVICES = 20
const SECRET_BYTES = 32
/** A page subscribes each time it opens, a person tests a few devices: ten of each a minute, of one user. */
const RATE = { burst: 10, perSecond: 10 / 60 }
const MAX_USERS = 10_000

export function createPushApi(options: PushApiOptions): PushApi {
  const { store, bus, ring, guard, messenger, receipts, clock, ids, randomBytes } = options
  const subscribing = new TokenBuckets(RATE, MAX_USERS, clock)
  const testing = new TokenBuckets(RATE, MAX_USERS, clock)

  /** Events of the user go to other places from here on. */
  async function tell(userId: string): Promise<void> {
    bus.publish('changed', { what: 'user', id: userId })
    await options.changed(userId)
  }

  async function forget({ id, userId }: Device): Promise<void> {
    await store.removeDevice(id)
    await tell(userId)
  }

  async function currentKey() {
    const key = await ring.current()
    if (key) return key
    throw new EcError('EC_NOT_FOUND', 'there are no keys for Web Push yet', {
      hint: '`ec setup vapid --subject mailto:you@example.org`',
    })
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
    if (result.type === 'gone') await forget(device)
    else await store.noteDevice(device.id, clock.now(), reason)
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
      const { id, publicKey } = await currentKey()
      return { id, publicKey }
    },
    async setUp(subject, rotate) {
      const { key, made } = await ring.setUp(subject, rotate)
      return { id: key.id, publicKey: key.publicKey, subject: key.subject, made }
    },
    async subscribe(userId, { address, keyId, ...traits }) {
      takeTurn(subscribing, userId, 'subscribe')
      const key = keyId === null ? await currentKey() : await ring.find(keyId)
      const errors = [
        ...(key ? [] : [{ path: 'key_id', message: 'names no key of this agent' }]),
        ...checkAddress(address, guard),
      ]
      if (!key || errors.length > 0) {
        const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
        throw new EcError('EC_FIELD_INVALID', detail, { details: { errors } })
      }
      const secret = Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')
      const at = clock.now()
      const device = await store.putDevice(
        { ...traits, id: ids.next('dev'), userId, address, keyId: key.id, secretHash: hashSecret(secret), at },
        MAX_DEVICES,
      )
      await tell(userId)
      return { device, secret }
    },
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
      await forget(await find(id, userId))
    },
    async test(id, userId, nonce) {
      const device = await find(id, userId)
      takeTurn(testing, device.userId, 'test')
      return tryDevice(device, nonce)
    },
    async ageOfKey(id) {
      if ((await ring.find(id)) === null) return 'gone'
      return (await ring.current())?.id === id ? 'current' : 'older'
    },
  }
}

function takeTurn(buckets: TokenBuckets, userId: string, what: string): void {
  const retryAfterMs = buckets.take(userId)
  if (retryAfterMs === 0) return
  throw new EcError('EC_RATE_LIMITED', `a user may ${what} ten times a minute`, { retryAfterMs })
}

/** Stands in no history: it is a question to the way, not news. */
function trialEvent(device: Device, nonce: string | null, ids: Ids, clock: Clock): EcEvent {
  return {
    id: ids.next('evt'),
    user_id: device.userId,
    type: 'push.test',
    title: 'EventCenter can reach this device',
    body: device.name === null ? 'You asked for this test.' : `You asked for this test of ${device.name}.`,
    level: 'info',
    created_at: new Date(clock.now()).toISOString(),
    service: 'ec',
    ...(nonce === null ? {} : { data: { nonce } }),
  }
}
