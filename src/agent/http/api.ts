import type { AccountApi } from './api/accounts.ts'
import type { CacheApi, CalendarApi } from './api/calendars.ts'
import type { ChannelApi } from './api/channels.ts'
import type { EmailApi } from './api/email.ts'
import type { EventApi } from './api/events.ts'
import type { HealthApi } from './api/health.ts'
import type { HouseApi, JobApi } from './api/house.ts'
import type { IdentityApi, KeyApi, SessionApi } from './api/identity.ts'
import type { ActivityApi, StreamApi } from './api/live.ts'
import type { DiagnosticApi, UserApi } from './api/people.ts'
import type { PushApi } from './api/push.ts'
import type { QuestionApi } from './api/questions.ts'
import type { ResourceApi } from './api/resources.ts'
import type { SyncApi } from './api/sync.ts'
import type { NotificationApi, WebhookApi } from './api/webhooks.ts'

export type { AccountApi, BeginSignIn, FinishSignIn, SetupStepState } from './api/accounts.ts'
export type { Cached, CacheApi, CalendarApi, CalendarItem, CalendarOccurrence, CalendarView } from './api/calendars.ts'
export type { ChannelApi, ChannelState, ChannelTrial } from './api/channels.ts'
export type { Door } from './api/door.ts'
export type { EmailApi, HtmlPage, MailTrial, PageApi } from './api/email.ts'
export type { EmitItemResult, EmitResult, EventApi, Explanation } from './api/events.ts'
export type { Health, HealthApi } from './api/health.ts'
export type { CallReport, HouseApi, JobApi, Status } from './api/house.ts'
export type { IdentityApi, KeyApi, SessionApi } from './api/identity.ts'
export type { Activity, ActivityApi, ActivityTotals, StreamApi, StreamReader } from './api/live.ts'
export type { DiagnosticApi, EventFate, KeyAge, Reach, StreamPresence, UserApi } from './api/people.ts'
export type { DeviceAnswer, DeviceProof, PushApi, PushReceipt, PushTrial } from './api/push.ts'
export type { QuestionApi } from './api/questions.ts'
export type { ResourceApi, ResourceChange, SignedRequest } from './api/resources.ts'
export type { SyncApi, SyncView } from './api/sync.ts'
export type { Admission, NotificationApi, WebhookAnswer, WebhookApi } from './api/webhooks.ts'

/**
 * Everything that the HTTP doors can ask for, wired by `agent.ts`; this folder imports no stage. Methods refuse with an
 * `EcError`, which the doors render as a problem document. Rights that hang on the thing asked for (a user reads what
 * is his own, a service what it emitted) are checked behind this record, so that every door has the same ones; rights
 * that hang on the path alone (operator only) are checked in the doors.
 */
export interface Api {
  readonly health: HealthApi
  readonly identity: IdentityApi
  readonly sessions: SessionApi
  readonly webhooks: WebhookApi
  readonly events: EventApi
  readonly questions: QuestionApi
  readonly stream: StreamApi
  readonly activity: ActivityApi
  readonly notifications: NotificationApi
  readonly resources: ResourceApi
  readonly accounts: AccountApi
  readonly sync: SyncApi
  readonly calendars: CalendarApi
  readonly cache: CacheApi
  readonly users: UserApi
  readonly diagnostics: DiagnosticApi
  readonly keys: KeyApi
  readonly push: PushApi
  readonly email: EmailApi
  readonly channels: ChannelApi
  readonly jobs: JobApi
  readonly house: HouseApi
}
