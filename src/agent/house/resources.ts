import type { Bus } from '../../backends/backend.ts'
import type { NotificationJob, Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'
import { nearest } from '../../core/nearest.ts'
import type { Resource } from '../../core/resource.ts'
import type { Provider, Receiver } from '../../providers/provider.ts'
import type { ResourceApi } from '../http/api.ts'

export interface ResourceApiOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: RandomBytes
  readonly loadProvider: (id: string) => Promise<Provider>
  /** The work of a notification that was held while its resource was paused. */
  readonly heldJob: (resourceId: string, runAt: number) => NotificationJob
  /** Told that jobs may have been born. */
  readonly wake: () => void
  /** Where the outside reaches the webhook paths. */
  readonly publicUrl: () => string
}

const SECRET_BYTES = 32

export function createResourceApi(options: ResourceApiOptions): ResourceApi {
  const { store, bus, clock, ids, loadProvider } = options

  return {
    async add({ provider, userId, name, settings, secret }) {
      const receiver = await receiverOf(provider)
      checkSettings(settings, receiver)
      const made = secret === null ? Buffer.from(options.randomBytes(SECRET_BYTES)).toString('base64url') : null
      const id = ids.uuid()
      const resource = await store.addResource({
        id,
        provider,
        userId,
        name: name ?? `${provider} ${id.slice(-4)}`,
        settings,
        secrets: [secret ?? made ?? ''],
        createdAt: clock.now(),
      })
      changed(id)
      return { resource, secret: made }
    },
    list: query => store.listResources(query),
    get: async id => found(await store.getResource(id)),
    async update(id, patch) {
      const before = found(await store.getResource(id))
      if (patch.settings) checkSettings(patch.settings, await receiverOf(before.provider))
      const resource = found(await store.updateResource(id, patch))
      changed(id)
      if (patch.paused === false) {
        await store.releaseHeld(id, options.heldJob(id, clock.now()))
        options.wake()
      }
      return resource
    },
    async remove(id) {
      if (!(await store.removeResource(id))) throw unknown()
      changed(id)
    },
    webhookUrl: ({ provider, id }) => `${options.publicUrl()}/webhooks/${provider}/${id}`,
  }

  function changed(id: string): void {
    bus.publish('changed', { what: 'resource', id })
  }

  async function receiverOf(provider: string): Promise<Receiver> {
    const { receiver } = await loadProvider(provider)
    if (receiver) return receiver
    throw new EcError('EC_PROVIDER_UNKNOWN', `${provider} sends no webhooks`)
  }
}

function checkSettings(settings: Readonly<Record<string, string>>, receiver: Receiver): void {
  const known = Object.keys(receiver.settings)
  for (const name of Object.keys(settings)) {
    if (known.includes(name)) continue
    const guess = nearest(name, known)
    const list = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
    throw new EcError('EC_FIELD_INVALID', `unknown setting ${name}`, {
      hint: guess === null ? list : `did you mean ${guess}?`,
      details: { errors: [{ path: `settings.${name}`, message: 'unknown setting' }] },
    })
  }
}

function found(resource: Resource | null): Resource {
  if (resource === null) throw unknown()
  return resource
}

function unknown(): EcError {
  return new EcError('EC_NOT_FOUND', 'no such resource', { hint: 'list what there is: `ec resources list`' })
}
