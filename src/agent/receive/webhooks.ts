import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import { addressKey } from '../../core/address.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import type { Resource } from '../../core/resource.ts'
import { TokenBuckets } from '../../core/token-buckets.ts'
import type { Provider, VerifyContext } from '../../providers/provider.ts'
import type { Admission, WebhookApi } from '../http/api.ts'
import { createAdoptSecret } from './adopt-secret.ts'
import { Directory, type Entry } from './directory.ts'
import { createQuarantine } from './quarantine.ts'
import { createReceiving } from './receiving.ts'
import { DEFAULT_SETTINGS, type ReceiveSettings } from './settings.ts'
import { createTrial } from './trial.ts'

export interface WebhooksOptions {
  readonly store: Pick<
    Store,
    | 'acceptNotifications'
    | 'quarantine'
    | 'releaseHeld'
    | 'getResource'
    | 'updateResource'
    | 'getSecrets'
    | 'listResources'
  >
  /** `EC_PROVIDER_UNKNOWN` for one that does not exist. */
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly bus: Pick<Bus, 'subscribe' | 'publish'>
  readonly verifyContext: (resource: Resource) => VerifyContext
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  /** Notifications that wait for their processing. */
  readonly backlog: () => number
  /** Told when a notification has become durable: the queue's `wake`. */
  readonly onAccepted: () => void
  /** Told when anything that came is stored: taken, held, or refused and kept. */
  readonly onStored?: () => void
  readonly settings?: Partial<ReceiveSettings>
}

export interface Webhooks extends WebhookApi {
  /** A resource as the receive stage knows it; null when there is none. */
  findResource(id: string): Promise<Resource | null>
  /** From here on everything is refused with 503, so that senders come back. */
  drain(): void
  /** Ends the subscriptions on the bus. */
  close(): void
}

/** The receive stage: from raw bytes to a durable notification, or a refusal that says why. */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { store, loadProvider, bus, verifyContext, clock, log, meter, backlog, onAccepted } = options
  const { onStored = () => {} } = options
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const { unknownTtlMs, maxUnknown } = settings
  const directory = new Directory({ store, loadProvider, bus, clock, unknownTtlMs, maxUnknown })
  const quarantine = createQuarantine({ store, clock, log, meter, settings, onStored })
  const adoptSecret = createAdoptSecret({ store, bus })
  const receive = createReceiving({
    store,
    quarantine,
    refresh,
    verifyContext,
    adoptSecret,
    clock,
    meter,
    onAccepted,
    onStored,
  })
  const tryAll = createTrial(receive, verifyContext, clock, settings.maxTried)
  const perAddress = new TokenBuckets(settings.addressRate, settings.maxBuckets, clock)
  const perResource = new TokenBuckets(settings.resourceRate, settings.maxBuckets, clock)
  const perOlderPath = new TokenBuckets(settings.olderPathRate, settings.maxBuckets, clock)
  const admissions = new WeakMap<Entry, Admission>()
  let draining = false

  return {
    async admit(provider, resourceId, subpath, remoteAddress) {
      checkRoom(remoteAddress)
      const known = directory.peek(resourceId)
      const entry = known?.resource.provider === provider ? known : await directory.find(provider, resourceId)
      if (subpath !== null && !entry.receiver.subpaths?.includes(subpath)) {
        throw new EcError('EC_NOT_FOUND', 'the resource answers nothing at this path below its own')
      }
      limit(perResource, resourceId, 'this resource')
      return admissionOf(entry)
    },

    async admitByPath(provider, remoteAddress) {
      checkRoom(remoteAddress)
      limit(perOlderPath, addressKey(remoteAddress), 'this path')
      const entries = await directory.list(provider, settings.maxAsked)
      const [first] = entries
      if (first === undefined) throw new EcError('EC_RESOURCE_UNKNOWN', 'no resource of this provider exists')
      return { maxBodyBytes: first.receiver.maxBodyBytes, receive: request => tryAll(entries, request) }
    },

    findResource: id => directory.resource(id),

    drain() {
      draining = true
    },
    close: () => directory.close(),
  }

  function checkRoom(remoteAddress: string): void {
    if (draining) throw new EcError('EC_DRAINING', 'the agent is stopping')
    limit(perAddress, addressKey(remoteAddress), 'this address')
    if (backlog() > settings.maxBacklog) {
      throw new EcError('EC_OVERLOADED', 'too many notifications wait for their processing', { retryAfterMs: 30_000 })
    }
  }

  function admissionOf(entry: Entry): Admission {
    const known = admissions.get(entry)
    if (known !== undefined) return known
    const made = { maxBodyBytes: entry.receiver.maxBodyBytes, receive: receive.bind(undefined, entry) }
    admissions.set(entry, made)
    return made
  }

  function refresh(entry: Entry): Promise<Entry | null> {
    const { provider, id } = entry.resource
    return directory.find(provider, id).catch(() => null)
  }
}

function limit(buckets: TokenBuckets, key: string, whose: string): void {
  const waitMs = buckets.take(key)
  if (waitMs === 0) return
  throw new EcError('EC_RATE_LIMITED', `too many webhooks came at once for ${whose}`, { retryAfterMs: waitMs })
}
