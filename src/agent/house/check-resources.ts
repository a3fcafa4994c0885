import type { Store } from '../../backends/store.ts'
import { judge, type CheckResult } from '../../core/check.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Notification } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import { whileReadable } from '../../core/while-readable.ts'
import { listAll } from '../../core/list-all.ts'
import { HANDSHAKE_WINDOW_MS, type Provider, type Receiver } from '../../providers/provider.ts'

export interface CheckResourcesOptions {
  readonly store: Pick<Store, 'listResources' | 'getSecrets' | 'listNotifications'>
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly clock: Pick<Clock, 'now'>
  /** Without a slash at its end; null when none is set. */
  readonly publicUrl: () => string | null
}

const CODES = ['resources.secret', 'resources.handshake', 'resources.settings', 'resources.refused'] as const

const DAY_MS = 86_400_000
const PAGE = 1000
/** Named in a line; the others are counted. */
const MAX_NAMED = 3

/** Whether each resource can tell what is true, and what was refused of late. Reads every resource and its secrets. */
export function checkResources(options: CheckResourcesOptions): Promise<readonly CheckResult[]> {
  return whileReadable(CODES, () => examine(options))
}

async function examine(options: CheckResourcesOptions): Promise<readonly CheckResult[]> {
  const resources = await listAll(page => options.store.listResources(page))
  const receivers = new Map<string, Receiver | undefined>()
  for (const provider of new Set(resources.map(resource => resource.provider))) {
    receivers.set(provider, await receiverOf(options, provider))
  }
  const proofOf = ({ provider }: Resource) => receivers.get(provider)?.proof ?? 'secret'
  return [
    await checkSecrets(
      options.store,
      resources.filter(resource => proofOf(resource) !== 'key'),
      proofOf,
    ),
    checkHandshakes(
      resources.filter(resource => proofOf(resource) === 'handshake' && !resource.hasSecret),
      options,
    ),
    checkSettings(resources, receivers, options),
    await checkRefused(options, resources),
  ]
}

/** A provider that this version does not know any more has nothing to say. */
async function receiverOf({ loadProvider }: CheckResourcesOptions, id: string): Promise<Receiver | undefined> {
  try {
    return (await loadProvider(id)).receiver
  } catch {
    return undefined
  }
}

async function checkSecrets(
  store: CheckResourcesOptions['store'],
  resources: readonly Resource[],
  proofOf: (resource: Resource) => string,
): Promise<CheckResult> {
  const lacking = resources.filter(resource => !resource.hasSecret && proofOf(resource) === 'secret')
  const broken: Resource[] = []
  for (const resource of resources) if (!(await opens(store, resource))) broken.push(resource)
  const [first] = [...broken, ...lacking]
  if (first === undefined) return judge('resources.secret', 'ok')
  const told = [
    ...(lacking.length === 0 ? [] : [`without a secret: ${nameAll(lacking)}`]),
    ...(broken.length === 0 ? [] : [`sealed with another master key: ${nameAll(broken)}`]),
  ]
  const hint =
    proofOf(first) === 'handshake'
      ? `add it anew: \`ec resources add ${first.provider} --user ${first.userId}\``
      : `have another one made, and give it to ${first.provider}: \`ec resources set ${first.id} --new-secret\``
  return judge('resources.secret', 'fail', told.join('; '), hint)
}

async function opens(store: CheckResourcesOptions['store'], { id }: Resource): Promise<boolean> {
  try {
    await store.getSecrets(id)
    return true
  } catch (error) {
    if (error instanceof EcError && error.code === 'EC_SEAL_BROKEN') return false
    throw error
  }
}

function checkHandshakes(waiting: readonly Resource[], { clock }: CheckResourcesOptions): CheckResult {
  const late = waiting.filter(({ createdAt }) => clock.now() - createdAt > HANDSHAKE_WINDOW_MS)
  const minutes = HANDSHAKE_WINDOW_MS / 60_000
  const [tooLate] = late
  if (tooLate !== undefined) {
    const { provider, userId } = tooLate
    return judge(
      'resources.handshake',
      'fail',
      `no handshake came within ${minutes} minutes: ${nameAll(late)}`,
      `remove it and add it anew: \`ec resources add ${provider} --user ${userId}\``,
    )
  }
  const [first] = waiting
  if (first === undefined) return judge('resources.handshake', 'ok')
  return judge(
    'resources.handshake',
    'warn',
    `waits for its handshake: ${nameAll(waiting)}`,
    `within ${minutes} minutes of its making, give ${first.provider} the URL from \`ec resources show ${first.id}\``,
  )
}

function checkSettings(
  resources: readonly Resource[],
  receivers: ReadonlyMap<string, Receiver | undefined>,
  { publicUrl }: CheckResourcesOptions,
): CheckResult {
  const lacking = resources.flatMap(resource => {
    const lack = receivers.get(resource.provider)?.lacks?.(resource, webhookUrl(publicUrl(), resource)) ?? null
    return lack === null ? [] : [{ resource, lack }]
  })
  const [first] = lacking
  if (first === undefined) return judge('resources.settings', 'ok')
  const detail = `every push is refused: ${nameAll(lacking.map(({ resource }) => resource))} (${first.lack.what})`
  return judge('resources.settings', 'fail', detail, first.lack.next)
}

function webhookUrl(root: string | null, { provider, id }: Resource): string | null {
  return root === null ? null : `${root}/webhooks/${provider}/${id}`
}

async function checkRefused(
  { store, clock }: CheckResourcesOptions,
  resources: readonly Resource[],
): Promise<CheckResult> {
  const since = clock.now() - DAY_MS
  const { rows } = await store.listNotifications({ state: 'quarantined', since, limit: PAGE })
  const names = new Map(resources.map(({ id, name }) => [id, name]))
  // Of one that is gone, as those that a replay of fixtures makes in passing, there is nothing left to mend.
  const living = rows.filter(({ resourceId }) => names.has(resourceId))
  const newest = living.at(-1)
  if (newest === undefined) return judge('resources.refused', 'ok')
  const counts = new Map<string, number>()
  for (const row of living) counts.set(reasonOf(row, names), (counts.get(reasonOf(row, names)) ?? 0) + 1)
  const told = [...counts].toSorted(([, a], [, b]) => b - a).map(([what, count]) => `${count} of ${what}`)
  return judge('resources.refused', 'warn', join(told), `\`ec notifications why ${newest.id}\` tells of the newest`)
}

function reasonOf({ provider, resourceId, reason }: Notification, names: ReadonlyMap<string, string>): string {
  return `${names.get(resourceId) ?? `${provider} ${resourceId.slice(-4)}`} (${reason ?? 'no reason kept'})`
}

function nameAll(resources: readonly Resource[]): string {
  return join(resources.map(({ name, id }) => `${name} (${id})`))
}

function join(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED
  return rest > 0 ? `${names.slice(0, MAX_NAMED).join(', ')} and ${rest} more` : names.join(', ')
}
