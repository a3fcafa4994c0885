import type { NotificationQuery, Page } from '../../../backends/store.ts'
import type { Notification, NotificationRecord, RawRequest } from '../../../core/notification.ts'

export interface WebhookApi {
  /**
   * Decides before a byte of the body is read: known provider and resource, room in the buckets. A refusal is thrown
   * (`EC_RESOURCE_UNKNOWN`, `EC_RATE_LIMITED`, ...). `subpath` is what stands below the resource in the URL, or null.
   */
  admit(provider: string, resourceId: string, subpath: string | null, remoteAddress: string): Promise<Admission>
  /** The same for an older path without a resource in it; null when the provider has none. */
  admitByPath(provider: string, remoteAddress: string): Promise<Admission | null>
}

export interface Admission {
  readonly maxBodyBytes: number
  /** Verifies, parses and stores. Resolves once the notification is durable, with what the sender is to get. */
  receive(request: RawRequest): Promise<WebhookAnswer>
}

export interface WebhookAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface NotificationApi {
  list(query: NotificationQuery): Promise<Page<Notification>>
  get(id: string): Promise<NotificationRecord>
  why(id: string): Promise<{ readonly notification: Notification; readonly sentences: readonly string[] }>
}
