import type { SyncView } from '#ec/agent/http/api.js'
import type { Resource } from '#ec/core/resource.js'
import type { WebhookSubscription } from '#ec/core/subscription.js'
import type { SyncState } from '#ec/core/sync.js'
import { T0 } from './store-samples.ts'

/** A calendar that is watched, read once and at rest. */
export function syncView(over: Partial<SyncView> & { readonly resource: Resource }): SyncView {
  return {
    state: syncState({ resourceId: over.resource.id }),
    mode: 'webhook',
    because: 'its provider tells us of changes',
    next: null,
    subscription: subscription({ resourceId: over.resource.id }),
    renewAt: T0 + 24 * 3_600_000,
    ...over,
  }
}

export function syncState(over: Partial<SyncState> = {}): SyncState {
  return {
    resourceId: 'r1',
    cursor: 'secret-place',
    cursorVersion: '1',
    generation: 1,
    items: 12,
    pass: null,
    seq: 3,
    asked: null,
    job: null,
    failureCount: 0,
    nextAt: T0 + 3_600_000,
    lastSyncAt: T0 - 60_000,
    lastSyncType: 'webhook',
    lastFullAt: T0 - 3_600_000,
    lastChangeAt: T0 - 60_000,
    lastAnnouncedAt: T0 - 63_000,
    error: null,
    errorAt: null,
    heldDeletion: null,
    ...over,
  }
}

export function subscription(over: Partial<WebhookSubscription> = {}): WebhookSubscription {
  return {
    id: 's1',
    resourceId: 'r1',
    state: 'active',
    remoteId: 'remote-1',
    address: 'https://ec.example.org/webhooks/google-calendar/r1',
    createdAt: T0 - 3_600_000,
    expiresAt: T0 + 48 * 3_600_000,
    verifiedAt: T0 - 3_599_000,
    lastNotificationAt: T0 - 63_000,
    endedAt: null,
    ...over,
  }
}
