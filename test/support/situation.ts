import type { Situation } from '#ec/agent/sync/situation.js'
import type { Resource } from '#ec/core/resource.js'
import type { WebhookSubscription } from '#ec/core/subscription.js'
import type { SyncState } from '#ec/core/sync.js'
import type { Provider } from '#ec/providers/provider.js'
import { FakeClock } from './fake-clock.ts'
import { Shelf } from './shelf.ts'
import { anAccount, T0 } from './store-samples.ts'

const DAY = 86_400_000
const ADDRESS = 'https://ec.example.org/webhooks/shelf/r1'

export interface SituationParts {
  readonly resource?: Partial<Resource>
  readonly state?: Partial<SyncState>
  readonly subscription?: Partial<WebhookSubscription> | null
  readonly provider?: Partial<Provider>
}

/** A resource that is watched and read and in the best of health, but for what is said. */
export function aSituation(over: Partial<Omit<Situation, keyof SituationParts>> & SituationParts = {}): Situation {
  const { resource = {}, state = {}, subscription = {}, provider = {}, ...rest } = over
  return {
    resource: {
      id: 'r1',
      provider: 'shelf',
      userId: 'anna',
      name: 'Work',
      settings: {},
      state: 'healthy',
      paused: false,
      hasSecret: true,
      accountId: 'a1',
      target: 'work',
      createdAt: T0,
      lastNotificationAt: null,
      ...resource,
    },
    state: { ...aSyncState(), ...state },
    account: anAccount(),
    provider: { ...new Shelf(new FakeClock()).loaded(), ...provider },
    subscription: subscription === null ? null : { ...aSubscription(), ...subscription },
    others: [],
    tried: aSubscription(),
    webhooks: 'on',
    address: ADDRESS,
    twins: [],
    ...rest,
  }
}

export function aSubscription(over: Partial<WebhookSubscription> = {}): WebhookSubscription {
  return {
    id: 'sub-1',
    resourceId: 'r1',
    state: 'active',
    remoteId: 'remote-1',
    address: ADDRESS,
    createdAt: T0,
    expiresAt: T0 + 7 * DAY,
    verifiedAt: T0 + 500,
    lastNotificationAt: T0 + 500,
    endedAt: null,
    ...over,
  }
}

export function aSyncState(over: Partial<SyncState> = {}): SyncState {
  return {
    resourceId: 'r1',
    cursor: 'c',
    cursorVersion: 'v1',
    generation: 1,
    items: 10,
    pass: null,
    seq: 1,
    asked: null,
    job: null,
    failureCount: 0,
    nextAt: null,
    lastSyncAt: T0 + 1000,
    lastSyncType: 'full',
    lastFullAt: T0 + 1000,
    lastChangeAt: null,
    lastAnnouncedAt: null,
    error: null,
    errorAt: null,
    heldDeletion: null,
    ...over,
  }
}
