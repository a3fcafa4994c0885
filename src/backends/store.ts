import type { AccountFacts } from './facets/accounts.ts'
import type { ArrivalFacts } from './facets/arrivals.ts'
import type { DeviceFacts } from './facets/devices.ts'
import type { DiagnosticFacts } from './facets/diagnostics.ts'
import type { DigestFacts } from './facets/digests.ts'
import type { EventFacts } from './facets/events.ts'
import type { JobFacts } from './facets/jobs.ts'
import type { KeyFacts } from './facets/keys.ts'
import type { NotificationFacts } from './facets/notifications.ts'
import type { PeopleFacts } from './facets/people.ts'
import type { QuestionFacts } from './facets/questions.ts'
import type { ResourceFacts } from './facets/resources.ts'
import type { SessionFacts } from './facets/sessions.ts'
import type { SubscriptionFacts } from './facets/subscriptions.ts'
import type { SyncFacts } from './facets/sync.ts'
import type { UpkeepFacts } from './facets/upkeep.ts'

/**
 * The facts. Every method is one atomic unit: it happens wholly and durably before its promise resolves, or not at
 * all. Errors: `EC_STORAGE_FULL` and `EC_STORAGE_FAILED` when the disk refused (try again; what was asked for may be
 * there, so ask with the same keys). Instants are ms since 1970 and come from the caller. Nothing here reads a clock.
 */
export interface Store
  extends
    NotificationFacts,
    EventFacts,
    QuestionFacts,
    DigestFacts,
    ArrivalFacts,
    JobFacts,
    PeopleFacts,
    ResourceFacts,
    AccountFacts,
    SyncFacts,
    SubscriptionFacts,
    KeyFacts,
    DeviceFacts,
    DiagnosticFacts,
    SessionFacts,
    UpkeepFacts {
  /** What the store is, for `hello` and `/health`. `epoch` changes only when a store was restored. */
  identity(): StoreIdentity
}

export interface StoreIdentity {
  readonly instance: string
  readonly epoch: string
  readonly schema: number
}

export type {
  Acceptance,
  NewNotification,
  NotificationJob,
  NotificationQuery,
  Refusal,
} from './facets/notifications.ts'
export type {
  Appended,
  EventItem,
  EventQuery,
  NewEvent,
  NewTrace,
  StateChange,
  StateItem,
  StoredEvent,
  StreamHead,
  StreamItem,
} from './facets/events.ts'
export type { GivenAnswer, NewQuestion, QuestionEnd, QuestionQuery, StoredQuestion } from './facets/questions.ts'
export type { DigestEffect, DigestEntry, DigestItem, DigestState, WaitingItem, WaitingQuery } from './facets/digests.ts'
export type { Arrivals, EventKey, KnownRows } from './facets/arrivals.ts'
export type {
  ClaimResult,
  HealthEffect,
  JobClaim,
  JobEffects,
  JobEnd,
  JobQuery,
  LaneClaim,
  PushedEvent,
} from './facets/jobs.ts'
export type { TypeEngagement, UserPatch } from './facets/people.ts'
export type { AccountPatch, AccountQuery } from './facets/accounts.ts'
export type {
  ItemQuery,
  ItemWrite,
  SyncEffect,
  SyncEnd,
  SyncPatch,
  SyncQuery,
  SyncRequest,
  SyncRunQuery,
} from './facets/sync.ts'
export type { SubscriptionPatch, SubscriptionQuery } from './facets/subscriptions.ts'
export type { NewResource, ResourcePatch, ResourceQuery } from './facets/resources.ts'
export type { DeviceQuery, Receipt, ReceiptEnd, DeviceNote } from './facets/devices.ts'
export type { NewSession, NewSignInLink, Redemption } from './facets/sessions.ts'
export type { RetentionLimits } from './facets/upkeep.ts'
export type { Page, PageQuery } from './facets/pages.ts'
