import type { Page, ResourcePatch, ResourceQuery } from '../../../backends/store.ts'
import type { RawRequest } from '../../../core/notification.ts'
import type { Resource } from '../../../core/resource.ts'

export interface ResourceApi {
  add(input: {
    readonly provider: string
    readonly userId: string
    readonly name: string | null
    readonly settings: Readonly<Record<string, string>>
    /** Not given: one is made and told in the answer, this once. Null: none, so that nothing it gets can be verified. */
    readonly secret?: string | null
    /** With it the resource is read; a secret is not made then, since its subscriptions bring their own. */
    readonly source?: { readonly accountId: string; readonly target: string }
  }): Promise<{ readonly resource: Resource; readonly secret: string | null }>
  list(query: ResourceQuery): Promise<Page<Resource>>
  get(id: string): Promise<Resource>
  /** The secret that the service sent in its handshake. `EC_NOT_FOUND` before that, `EC_FORBIDDEN` for any other. */
  revealSecret(id: string): Promise<string>
  update(id: string, patch: ResourcePatch): Promise<Resource>
  /**
   * Changes what a person has set. `secret` in the answer is one that was made, told this once. `EC_FIELD_INVALID` for
   * what contradicts itself or does not suit the provider.
   */
  change(id: string, change: ResourceChange): Promise<{ readonly resource: Resource; readonly secret: string | null }>
  remove(id: string): Promise<void>
  /**
   * Signs a request as the provider would, with the newest secret of the resource. `EC_PROVIDER` when ec cannot sign
   * for this provider, `EC_SECRET_MISSING` when there is nothing to sign with.
   */
  sign(id: string, request: Omit<RawRequest, 'remoteAddress'>): Promise<SignedRequest>
  /** Where the provider is to send its webhooks, under the public URL when there is one. */
  webhookUrl(resource: Resource): string
}

export interface ResourceChange {
  readonly name?: string
  /** All of them anew; those that are secrets, where they are given. */
  readonly settings?: Readonly<Record<string, string>>
  readonly secret?: string
  /** One is made, where the service is told a secret and does not bring its own. */
  readonly newSecret?: boolean
  /** The newest secret so far holds beside what is new, so that nothing is refused while the service gets it. */
  readonly keepSecret?: boolean
}

/** What signing changed: headers to set, and the body where a proof stands in it. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}
