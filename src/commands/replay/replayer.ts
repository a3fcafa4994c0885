import type { EcClient, ResourceRow } from '../../client.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import { loadProvider } from '../../providers/index.ts'
import type { ReplayItem } from './item.ts'
import { judge, type Caused, type Outcome } from './judge.ts'
import { observe, takeMark, type Observation } from './observe.ts'
import type { PassingResources } from './passing-resources.ts'
import { prepareRequest, type Changes, type Provider } from './prepare-request.ts'
import { sendRequest } from './send-request.ts'
import { agentSigner, localSigner, toResource } from './signers.ts'

export interface ReplayerOptions {
  readonly changes: Changes
  /** Where every request goes instead of to the agent. */
  readonly to: URL | null
  /** The resource that all requests are for. */
  readonly resourceId: string | null
  /** Null: nothing is asked of an agent. */
  readonly agent: {
    readonly client: EcClient
    /** Where it takes webhooks. */
    readonly url: string
    readonly passing: PassingResources
  } | null
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface ReplayResult {
  readonly item: ReplayItem
  readonly url: string | null
  readonly status: number | null
  readonly outcome: Outcome | null
  readonly notifications: readonly { readonly key: string; readonly kind: string; readonly state: string | null }[]
  readonly events: readonly { readonly id: string; readonly type: string }[]
  readonly result: 'ok' | 'duplicate' | 'differs' | 'failed'
  /** In words; of a failure the reason. */
  readonly differences: readonly string[]
}

type Replay = (item: ReplayItem) => Promise<ReplayResult>

/**
 * Sends one item and compares what comes of it. What is wrong with one is its result; only what would be wrong with
 * every other one too is thrown: the agent is away, the command line cannot be followed, the run was stopped.
 */
export function createReplayer(options: ReplayerOptions): Replay {
  const { changes, to, resourceId, agent, clock, signal } = options
  const newKeys = changes.again || changes.edits.length > 0

  return async function replay(item) {
    try {
      return await attempt(item)
    } catch (thrown) {
      signal.throwIfAborted()
      const error = toEcError(thrown)
      if (error.code === 'EC_USAGE' || error.category === 'unreachable') throw error
      const differences = [`${error.message}${error.code === 'EC_INTERNAL' ? '' : `; ${error.hint}`}`]
      const nothing = { url: null, status: null, outcome: null, notifications: [], events: [] }
      return { item, ...nothing, result: 'failed', differences }
    }
  }

  async function attempt(item: ReplayItem): Promise<ReplayResult> {
    const provider = await loadProvider(item.provider)
    const resource = await resourceOf(item)
    const sign =
      agent !== null && resource !== null
        ? agentSigner(agent.client, resource.id)
        : localSigner(provider, item, clock.now)
    const request = await prepareRequest(item, resource?.id ?? 'resource', changes, { provider, sign })
    if (to !== null || agent === null || resource === null) {
      const url = targetOf(to, item)
      const status = await sendRequest(url, request, signal)
      return conclude(item, url.href, status, null, [])
    }
    const mark = await takeMark(agent.client, resource.user)
    const url = new URL(agent.url + request.url)
    const status = await sendRequest(url, request, signal)
    const seen = await observe(agent.client, resource, mark, { clock, signal })
    const caused = await whatItCaused(item, provider, resource, request, status, seen)
    return conclude(item, url.href, status, caused, seen.events)
  }

  async function resourceOf(item: ReplayItem): Promise<ResourceRow | null> {
    if (agent === null) return null
    const id = resourceId ?? item.resource
    if (id === null) return to === null ? await agent.passing.take(item) : null
    return await agent.client.resources.get(id).catch((thrown: unknown) => {
      if (resourceId !== null || toEcError(thrown).code !== 'EC_NOT_FOUND') throw thrown
      // Elsewhere it can go all the same, as it came.
      if (to !== null) return null
      throw new EcError('EC_RESOURCE_UNKNOWN', 'its resource has been removed', {
        hint: 'name another with --resource',
      })
    })
  }

  function conclude(
    item: ReplayItem,
    url: string,
    status: number,
    caused: Caused | null,
    events: ReplayResult['events'],
  ): ReplayResult {
    const differences = judge(item.expect, { status, caused }, newKeys)
    const duplicate = caused?.outcome === 'duplicate'
    return {
      item,
      url,
      status,
      outcome: caused?.outcome ?? null,
      notifications: caused?.notifications ?? [],
      events: events.map(({ id, type }) => ({ id, type })),
      result: differences.length > 0 ? 'differs' : duplicate ? 'duplicate' : 'ok',
      differences,
    }
  }

  /** What is in the request and did not arrive anew was there before. */
  async function whatItCaused(
    item: ReplayItem,
    provider: Provider,
    resource: ResourceRow,
    request: RawRequest,
    status: number,
    { notifications: arrived, events, settled }: Observation,
  ): Promise<Caused> {
    const fresh = arrived.filter(row => row.state !== 'quarantined')
    const taken = status >= 200 && status < 300
    const inside = taken ? itemsOf(item, provider, resource, request, clock.now()) : []
    // Whose proof is a secret in the body cannot be read without it, but what was stored is known, unless it was changed.
    const known = inside.length > 0 || newKeys || item.stored === null || !taken ? inside : [item.stored]
    const before = known.filter(one => !fresh.some(row => row.key === one.key))
    const notifications = [...fresh, ...before.map(one => ({ ...one, state: null }))]
    return { outcome: outcomeOf(fresh.length, before.length, taken, arrived.length), notifications, events, settled }
  }
}

function outcomeOf(fresh: number, before: number, taken: boolean, arrived: number): Outcome {
  if (fresh > 0) return 'accepted'
  if (before > 0) return 'duplicate'
  return taken && arrived === 0 ? 'none' : 'refused'
}

/** The notifications in a request, as its provider reads them. */
function itemsOf(
  item: ReplayItem,
  { receiver }: Provider,
  row: ResourceRow,
  request: RawRequest,
  now: number,
): readonly { readonly key: string; readonly kind: string }[] {
  const resource = toResource(row)
  if ((receiver?.challenge?.(request, resource, now) ?? null) !== null) return []
  const parsed = receiver?.parse(request, resource, item.secret === null ? [] : [item.secret])
  return parsed?.ok === true ? parsed.items : []
}

function targetOf(to: URL | null, { path }: ReplayItem): URL {
  if (to === null) throw new EcError('EC_INTERNAL', 'there is neither an agent nor an address')
  const url = new URL(to)
  // A handshake asks in the query; an address with a query of its own keeps it.
  if (url.search === '' && path.includes('?')) url.search = path.slice(path.indexOf('?'))
  return url
}
