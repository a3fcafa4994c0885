import type { HealthState, Resource } from '../../core/resource.ts'
import type { Page, PageQuery } from './pages.ts'

/** What is watched, and the secrets that its notifications are signed with. */
export interface ResourceFacts {
  /** `EC_CONFLICT` when the account's target is watched already. */
  addResource(resource: NewResource): Promise<Resource>
  updateResource(id: string, patch: ResourcePatch): Promise<Resource | null>
  /** Removes the resource; its notifications stay as long as retention keeps them. */
  removeResource(id: string): Promise<boolean>
  getResource(id: string): Promise<Resource | null>
  /** The secrets that its notifications may be signed with, newest first, opened. */
  getSecrets(resourceId: string): Promise<readonly string[]>
  countResources(): Promise<number>
  listResources(query: ResourceQuery): Promise<Page<Resource>>
}

export interface NewResource {
  readonly id: string
  readonly provider: string
  readonly userId: string
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly createdAt: number
  /** Makes it a synced one, with a state of its own (`SyncFacts`). One resource an account, provider and target. */
  readonly source?: { readonly accountId: string; readonly target: string }
}

export interface ResourcePatch {
  readonly name?: string
  readonly settings?: Readonly<Record<string, string>>
  readonly state?: HealthState
  readonly paused?: boolean
  readonly secrets?: readonly string[]
}

export interface ResourceQuery extends PageQuery {
  readonly provider?: string
  readonly userId?: string
  readonly accountId?: string
  readonly target?: string
}
