import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import type { Resource } from '../../core/resource.ts'
import type { SyncState } from '../../core/sync.ts'
import type { Provider } from '../../providers/provider.ts'

/** The same thing of the same user, as a calendar that is shared, seen through another account. */
export interface Twin {
  readonly resource: Resource
  readonly state: SyncState
  readonly account: Account | null
}

/** Nobody but a person, or time, can change these: another try in a moment would be one more failure. */
export const LASTING: ReadonlySet<string> = new Set([
  'EC_TARGET_GONE',
  'EC_SCOPE_MISSING',
  'EC_API_DISABLED',
  'EC_ENDPOINT_FORBIDDEN',
] satisfies readonly ErrorCode[])

/** So often is looked whether one that only stands by is needed. It costs no call. */
export const STAND_BY_MS = 60_000

/** Nobody has so many accounts. */
const MAX_TWINS = 50

/** In the order in which they were added, the resource itself not among them. */
export async function findTwins(
  store: Pick<Store, 'listResources' | 'getSync' | 'getAccount'>,
  { id, provider, userId, target }: Resource,
  { reader }: Provider,
): Promise<readonly Twin[]> {
  if (reader?.sharedTargets !== true || target === null) return []
  const { rows } = await store.listResources({ provider, userId, target, limit: MAX_TWINS, after: '0' })
  const twins: Twin[] = []
  for (const resource of rows) {
    if (resource.id === id || resource.accountId === null) continue
    const state = await store.getSync(resource.id)
    if (state !== null) twins.push({ resource, state, account: await store.getAccount(resource.accountId) })
  }
  return twins
}

/** Whether it is the one that is read, and the others stand by. */
export function leads(own: Twin, twins: readonly Twin[]): boolean {
  return canBeRead(own) && readInPlaceOf(own, twins) === null
}

/**
 * The one that is read in the place of this; null = this is read itself. Read is the first that can be: what is here twice
 * would be told twice. Each of them finds the same one, so that never two are read, nor none.
 */
export function readInPlaceOf(own: Twin, twins: readonly Twin[]): Twin | null {
  const all = [own, ...twins].toSorted((a, b) => byAge(a.resource, b.resource))
  const leader = all.find(canBeRead) ?? own
  return leader === own ? null : leader
}

/** Whose copy knows what the user was told last; null = this one's. */
export function toldByInPlaceOf(own: Twin, twins: readonly Twin[]): Twin | null {
  const [newest] = [own, ...twins].toSorted((a, b) => readAt(b) - readAt(a))
  return newest === undefined || newest === own ? null : newest
}

function canBeRead({ resource, state, account }: Twin): boolean {
  if (resource.paused || account?.state !== 'ok') return false
  if (state.error === null || !LASTING.has(state.error)) return true
  // What was in the way may have gone with the old consent.
  return state.errorAt !== null && account.grantedAt > state.errorAt
}

/** Ids of one moment are told apart by what they are. */
function byAge(a: Resource, b: Resource): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)
}

function readAt({ state }: Twin): number {
  return state.generation === 0 ? 0 : (state.lastSyncAt ?? 0)
}
