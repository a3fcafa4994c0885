import type { Store } from '../../backends/store.ts'
import type { Provider } from '../../providers/provider.ts'
import type { Situation } from './situation.ts'
import { findTwins } from './twins.ts'

export interface SituationOptions {
  readonly store: Pick<
    Store,
    'getResource' | 'listResources' | 'getSync' | 'getAccount' | 'listSubscriptions' | 'listFeatures'
  >
  readonly loadProvider: (id: string) => Promise<Provider>
  /** Without a slash at its end; null when none is set. */
  readonly publicUrl: () => string | null
}

/** More than can be alive at once: the active one, what it replaced, and what was tried and failed. */
const RECENT = 50

/** All that is known of a resource at this moment; null of one that is not synced, or has gone. */
export async function readSituation(options: SituationOptions, resourceId: string): Promise<Situation | null> {
  const { store } = options
  // The state comes first: what is announced after it was read is announced anew to whoever goes by it.
  const state = await store.getSync(resourceId)
  const resource = await store.getResource(resourceId)
  if (state === null || resource === null || resource.accountId === null) return null
  const [account, provider, { rows }, features] = await Promise.all([
    store.getAccount(resource.accountId),
    options.loadProvider(resource.provider),
    store.listSubscriptions({ resourceId, limit: RECENT }),
    store.listFeatures(),
  ])
  const subscription = rows.findLast(row => row.state === 'active') ?? null
  const root = options.publicUrl()
  const webhookUrl = root === null ? null : `${root}/webhooks/${resource.provider}/${resource.id}`
  return {
    resource,
    state,
    account,
    provider,
    subscription,
    others: rows.filter(row => row !== subscription && row.state !== 'ended'),
    tried: rows.at(-1) ?? null,
    webhooks: switchOf(features, resourceId),
    twins: await findTwins(store, resource, provider),
    address: account === null ? null : (provider.subscriptions?.addressFor(resource, account, webhookUrl) ?? null),
  }
}

function switchOf(features: Readonly<Record<string, boolean>>, resourceId: string): Situation['webhooks'] {
  if (features['webhooks'] === false) return 'off'
  return features[`webhooks:${resourceId}`] === false ? 'off_here' : 'on'
}
