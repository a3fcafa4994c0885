import type { Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { DeviceTraits, PushAddress } from '../../../core/device.ts'
import { EcError } from '../../../core/errors.ts'
import type { Ids, RandomBytes } from '../../../core/ids.ts'
import { TokenBuckets } from '../../../core/token-buckets.ts'
import type { DeviceProof, PushApi } from '../../http/api.ts'
import { checkAddress } from './check-address.ts'
import { hashSecret, proveDevice, proveEnded } from './device-secret.ts'
import type { EndpointGuard } from './endpoint-guard.ts'
import type { VapidRing } from './vapid-ring.ts'

export interface SubscriptionsOptions {
  readonly store: Pick<
    Store,
    'putDevice' | 'renewDevice' | 'getDevice' | 'getEndedDevice' | 'isGoneEndpoint' | 'removeDevice'
  >
  readonly ring: VapidRing
  readonly guard: EndpointGuard
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: RandomBytes
  /** Told of each user whose events go to other places from here on. */
  readonly tell: (userId: string) => Promise<void>
}

/** Of a user; a browser that was reset leaves a device that nobody will ever see again. */
const MAX_DEVICES = 20
const SECRET_BYTES = 32
/** A page subscribes when it opens and something is new: ten a minute, of one user; a worker renews less often still. */
const RATE = { burst: 10, perSecond: 10 / 60 }
const MAX_KEYS = 10_000

/** How browsers become devices, and stay the devices that they are when their subscriptions change. */
export function createSubscriptions(options: SubscriptionsOptions): Pick<PushApi, 'subscribe' | 'renew'> {
  const { store, ring, guard, clock, ids, randomBytes, tell } = options
  const subscribing = new TokenBuckets(RATE, MAX_KEYS, clock)
  const renewing = new TokenBuckets(RATE, MAX_KEYS, clock)

  async function check(address: PushAddress, keyId: string | null): Promise<string> {
    const key = keyId === null ? await currentKey(ring) : await ring.find(keyId)
    const errors = [
      ...(key ? [] : [{ path: 'key_id', message: 'names no key of this agent' }]),
      ...checkAddress(address, guard),
    ]
    if (!key || errors.length > 0) {
      const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
      throw new EcError('EC_FIELD_INVALID', detail, { details: { errors } })
    }
    if (await store.isGoneEndpoint(address.endpoint)) {
      throw new EcError('EC_ENDPOINT_GONE', 'the push service has said that this subscription has ended')
    }
    return key.id
  }

  async function add(userId: string, traits: DeviceTraits, address: PushAddress, keyId: string) {
    const secret = Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')
    const { name, platform, locale, tz } = traits
    const device = await store.putDevice(
      {
        id: ids.next('dev'),
        userId,
        address,
        keyId,
        secretHash: hashSecret(secret),
        name,
        platform,
        locale,
        tz,
        at: clock.now(),
      },
      MAX_DEVICES,
    )
    await tell(userId)
    return { device, secret }
  }

  async function renewAs(id: string, address: PushAddress, keyId: string, traits: DeviceTraits | null) {
    const device = await store.renewDevice({ id, address, keyId, at: clock.now(), traits }, MAX_DEVICES)
    if (device === null) throw forbidden()
    await tell(device.userId)
    return device
  }

  /** Whose device it was; null for one that is not known any more. */
  async function findFormer({ device, secret }: DeviceProof): Promise<{ readonly userId: string } | null> {
    const live = await proveDevice(store, device, secret)
    if (live !== null) return live
    const ended = await proveEnded(store, device, secret)
    if (ended?.why === 'removed') throw new EcError('EC_DEVICE_REMOVED', 'a person removed this device')
    return ended
  }

  async function leave(id: string, userId: string): Promise<void> {
    await store.removeDevice(id)
    await tell(userId)
  }

  return {
    async subscribe(userId, { address, keyId: named, former = null, name, platform, locale, tz }) {
      takeTurn(subscribing, userId, 'a user may subscribe ten times a minute')
      const keyId = await check(address, named)
      const traits = { name, platform, locale, tz }
      const owner = former === null ? null : await findFormer(former)
      if (former === null || owner === null) return add(userId, traits, address, keyId)
      if (owner.userId === userId) {
        return { device: await renewAs(former.device, address, keyId, traits), secret: former.secret }
      }
      // Another person signed in with this browser: what is meant for the first one must not show here.
      await leave(former.device, owner.userId)
      return add(userId, traits, address, keyId)
    },
    async renew({ device: id, secret, address, keyId: named }) {
      const owner = await findFormer({ device: id, secret })
      if (owner === null) throw forbidden()
      takeTurn(renewing, id, 'a device may renew its subscription ten times a minute')
      return renewAs(id, address, await check(address, named), null)
    },
  }
}

/** `EC_NOT_FOUND` before there is one. */
export async function currentKey(ring: VapidRing) {
  const key = await ring.current()
  if (key) return key
  throw new EcError('EC_NOT_FOUND', 'there are no keys for Web Push yet', {
    hint: '`ec setup vapid --subject mailto:you@example.org`',
  })
}

function takeTurn(buckets: TokenBuckets, key: string, message: string): void {
  const retryAfterMs = buckets.take(key)
  if (retryAfterMs > 0) throw new EcError('EC_RATE_LIMITED', message, { retryAfterMs })
}

function forbidden(): EcError {
  return new EcError('EC_FORBIDDEN', 'the device and its secret do not belong together', {
    hint: 'use what the answer to POST /api/push/subscribe said last',
  })
}
