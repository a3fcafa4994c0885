import type { Bus } from '../../backends/backend.ts'
import type { NotificationJob, Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'
import { nearest } from '../../core/nearest.ts'
import type { Resource } from '../../core/resource.ts'
import type { Provider, Receiver } from '../../providers/provider.ts'
import type { ResourceApi } from '../http/api.ts'
import { nextSecrets } from './next-secrets.ts'
import { signRequest } from './sign-request.ts'

export interface ResourceApiOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: RandomBytes
  readonly loadProvider: (id: string) => Promise<Provider>
  /** The work of a notification that was held while its resource was paused. */
  readonly heldJob: (resourceId: string, runAt: number) => NotificationJob
  /** Done before a resource goes; it never fails. */
  readonly beforeRemoval: (resourceId: string) => Promise<void>
  /** Told that jobs may have been born. */
  readonly wake: () => void
  /** Where the outside reaches the webhook paths. */
  readonly publicUrl: () => string
}

const SECRET_BYTES = 32

export function createResourceApi(options: ResourceApiOptions): ResourceApi {
  const { store, bus, clock, ids, loadProvider } = options

  return {
    async add({ provider, userId, name, settings: asked, secret, source }) {
      const receiver = await receiverOf(provider)
      checkSettings(asked, receiver)
      const settings = source === undefined ? asked : { ...(await settingsFrom(provider, source)), ...asked }
      const given = [...(typeof secret === 'string' ? [secret] : []), ...secretsOf(settings, receiver)]
      const wants = (receiver.proof ?? 'secret') === 'secret' && source === undefined
      const makes = secret === undefined && given.length === 0 && wants
      const made = makes ? makeSecret(receiver) : null
      const id = ids.uuid()
      const resource = await store.addResource({
        id,
        provider,
        userId,
        name: name ?? source?.target ?? `${provider} ${id.slice(-4)}`,
        settings: plainSettings(settings, receiver),
        secrets: made === null ? given : [made],
        createdAt: clock.now(),
        ...(source === undefined ? {} : { source }),
      })
      changed(id)
      return { resource, secret: made }
    },
    list: query => store.listResources(query),
    get: async id => found(await store.getResource(id)),
    revealSecret,
    async update(id, patch) {
      const resource = found(await store.updateResource(id, patch))
      changed(id)
      if (patch.paused === false) {
        await store.releaseHeld(id, options.heldJob(id, clock.now()))
        options.wake()
      }
      return resource
    },
    async change(id, change) {
      const before = found(await store.getResource(id))
      const receiver = await receiverOf(before.provider)
      const { name, settings } = change
      if (settings !== undefined) checkSettings(settings, receiver)
      const given = secretsOf(settings ?? {}, receiver)
      const { secrets, made } = await nextSecrets(change, given, {
        title: (await loadProvider(before.provider)).title,
        proof: receiver.proof ?? 'secret',
        make: () => makeSecret(receiver),
        present: () => store.getSecrets(id),
      })
      const resource = found(
        await store.updateResource(id, {
          ...(name === undefined ? {} : { name }),
          ...(settings === undefined ? {} : { settings: plainSettings(settings, receiver) }),
          ...(secrets === null ? {} : { secrets }),
        }),
      )
      changed(id)
      return { resource, secret: made }
    },
    async remove(id) {
      await options.beforeRemoval(id)
      if (!(await store.removeResource(id))) throw unknown()
      changed(id)
    },
    async sign(id, request) {
      return signRequest(options, found(await store.getResource(id)), request)
    },
    webhookUrl: ({ provider, id }) => `${options.publicUrl()}/webhooks/${provider}/${id}`,
  }

  /** A person has to paste into the service what the service sent here; any other secret he has given it or was told. */
  async function revealSecret(id: string): Promise<string> {
    const { provider } = found(await store.getResource(id))
    if ((await receiverOf(provider)).proof !== 'handshake') {
      throw new EcError('EC_FORBIDDEN', 'a secret is told once, when its resource is added', {
        hint: `lost it? \`ec resources set ${id} --new-secret\` makes another one`,
      })
    }
    const [newest] = await store.getSecrets(id)
    if (newest !== undefined) return newest
    throw new EcError('EC_NOT_FOUND', `${provider} has not sent its token yet`, {
      hint: `give ${provider} the webhook URL from \`ec resources show ${id}\`, then ask again`,
    })
  }

  /** What a resource takes over from the account that it is read with. */
  async function settingsFrom(id: string, { accountId, target }: Source): Promise<Settings> {
    const provider = await loadProvider(id)
    const account = await store.getAccount(accountId)
    if (account === null)
      throw new EcError('EC_NOT_FOUND', 'there is no such account', { hint: 'see `ec accounts list`' })
    if (provider.reader === undefined || provider.family !== account.family) {
      throw new EcError('EC_FIELD_INVALID', `nothing of ${provider.title} is read with an account of ${account.family}`)
    }
    return provider.settingsFrom?.(account, target) ?? {}
  }

  function makeSecret({ makeSecret: make }: Receiver): string {
    const bytes = options.randomBytes(SECRET_BYTES)
    return make === undefined ? Buffer.from(bytes).toString('base64url') : make(bytes)
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

type Source = { readonly accountId: string; readonly target: string }
type Settings = Readonly<Record<string, string>>

/** The settings that may be stored and shown as they are. */
function plainSettings(settings: Settings, receiver: Receiver): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !isSecret(name, receiver)))
}

function secretsOf(settings: Settings, receiver: Receiver): readonly string[] {
  return Object.entries(settings)
    .filter(([name]) => isSecret(name, receiver))
    .flatMap(([, value]) => value.split(','))
    .map(secret => secret.trim())
    .filter(secret => secret !== '')
}

function isSecret(name: string, { secretSettings }: Receiver): boolean {
  return secretSettings !== undefined && Object.hasOwn(secretSettings, name)
}

function checkSettings(settings: Settings, receiver: Receiver): void {
  const known = [...Object.keys(receiver.settings), ...Object.keys(receiver.secretSettings ?? {})]
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
