import type { ReportedCheck } from '../core/browser-report.ts'
import type { CheckResult } from '../core/check.ts'
import type { CallToAction, Channel, ChannelHint, EcEvent, EventListState, Level } from '../core/event.ts'
import type { JobState } from '../core/job.ts'
import type { JsonObject } from '../core/json.ts'
import type { NotificationState } from '../core/notification.ts'
import type { Plan, TraceRow } from '../core/plan.ts'
import type { CappedChannel, Mute } from '../core/preferences.ts'
import type { HealthState } from '../core/resource.ts'
import type { KeyScope } from '../core/service-key.ts'
import type { SyncRow } from './sync-rows.ts'

/**
 * An event as a service hands it in: what the agent fills in may lack. Instants are RFC 3339 with an offset. The agent
 * refuses what breaks the contract with 422 and names the fields.
 */
export interface NewEvent {
  /** Yours, kept as it is, and makes the emit idempotent: the same content again answers the first result. */
  readonly id?: string
  /** A number is the same user as its digits. */
  readonly user_id: string | number
  /** `job.done` and its like, or a dotted name of your own. */
  readonly type: string
  readonly title: string
  readonly body: string
  /** `info` when left out. */
  readonly level?: Level
  /** Beats every rule; `[]` = history only. */
  readonly channels?: readonly Channel[]
  readonly channel_hint?: ChannelHint
  readonly cta?: CallToAction
  /** At most 16 KiB of JSON. */
  readonly data?: JsonObject
  readonly created_at?: string
  readonly idempotency_key?: string
  readonly collapse_key?: string
  readonly thread?: string
  readonly service?: string
  readonly actor?: string | JsonObject
  readonly icon?: string
  readonly image?: string
  readonly lang?: string
  readonly expires_at?: string
  readonly deliver_at?: string
  readonly source?: string
  readonly trace_id?: string
  readonly [extension: `x-${string}`]: unknown
}

/** A browser of a user that takes pushes. */
export interface DeviceRow {
  readonly id: string
  readonly user: string
  readonly name: string | null
  readonly platform: string | null
  readonly locale: string | null
  readonly tz: string | null
  /** The key of the agent that it subscribed with. */
  readonly key_id: string
  readonly created_at: string
  readonly seen_at: string
  readonly last_ok_at: string | null
  readonly last_error_at: string | null
  readonly last_error: string | null
  /** When it last showed a message, as it says itself. */
  readonly last_shown_at: string | null
  /** How many pushes it took since then, or since it is known. */
  readonly unshown: number
}

/** What stands between a user and events at a moment. */
export interface ReachReply {
  readonly user: string
  /** Connected at present, and how many of them say that they are looked at. */
  readonly clients: number
  readonly visible: number
  readonly focused: number
  /** `older`: the key serves it still; `gone`: nothing can be sent to it. */
  readonly devices: readonly (DeviceRow & { readonly key: 'current' | 'older' | 'gone' })[]
  readonly email: {
    readonly state: 'none' | 'suppressed' | 'no_server' | 'fine'
    readonly address: string | null
    readonly reason: string | null
  }
  /** Null without quiet hours. */
  readonly quiet: { readonly now: boolean; readonly until: string | null } | null
  /** Those in force. */
  readonly mutes: readonly Mute[]
  /** Switched off for everything. */
  readonly off: readonly CappedChannel[]
  /** Types that go out by push no more, because so few of them were opened. */
  readonly governed: readonly string[]
  readonly snoozed: { readonly count: number; readonly until: string | null }
  readonly last_event: {
    readonly id: string
    readonly type: string
    readonly created_at: string
    readonly channels: readonly {
      readonly channel: string
      /** The last step of its trace; of its plan while there is none. */
      readonly step: string
      readonly reason: string | null
      readonly until: string | null
      readonly at: string | null
    }[]
  } | null
}

/** What a browser last found out about itself on the page /diagnostics or a panel. */
export interface ReportRow {
  readonly browser: string
  readonly device: string | null
  readonly user_agent: string
  readonly language: string | null
  readonly tz: string | null
  /** By the browser's own clock. */
  readonly at: string
  readonly received_at: string
  /** When the person last asked for help with it. */
  readonly asked_at: string | null
  readonly checks: readonly ReportedCheck[]
}

/** What came of the pushes of a type in the last five weeks. */
export interface EngagementRow {
  readonly type: string
  readonly sent: number
  /** Read or answered within a day. */
  readonly opened: number
  /** Since when it goes out by push no more, because so little was opened. */
  readonly governed_at: string | null
}

/** What a push service answered to a test; `key_trouble`: it did not take the agent's signature. */
export interface PushTrialReply {
  readonly device: string
  /** The event's id, as the worker is told. */
  readonly event: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected' | 'key_trouble'
  readonly reason: string | null
}

/** What became of a test mail. */
export interface MailTrialReply {
  readonly user: string
  /** As much of it as is shown: `a…@example.org`. */
  readonly address: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected' | 'bad_address' | 'our_trouble'
  /** What the mail server said, unless it took it. */
  readonly reason: string | null
}

/** An address that gets no mail any more. */
export interface SuppressedRow {
  readonly address: string
  readonly reason: string
  readonly at: string
}

/** A channel of the agent, or a command or webhook that the operator has set up. */
export interface ChannelRow {
  readonly name: string
  readonly channel: Channel
  /** Whom it serves; null = everybody. */
  readonly users: readonly string[] | null
  /** Type patterns that it takes; null = all but progress. */
  readonly types: readonly string[] | null
  readonly state: 'on' | 'off' | 'broken'
  readonly detail: string | null
}

export interface ChannelTrialReply {
  readonly name: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected'
  readonly reason: string | null
  readonly ms: number
}

/** What became of an emit. */
export interface EmitReply {
  readonly id: string
  /** Its number in the user's stream; null while it waits for `deliver_at`. */
  readonly seq: number | null
  readonly plan: Plan
  readonly warnings: readonly string[]
}

export interface EmitRefusal {
  readonly error: {
    readonly code: string
    readonly detail: string
    readonly hint: string
    readonly errors?: readonly { readonly path: string; readonly message: string }[]
  }
}

/** Item by item, in the order of the request. */
export interface BatchReply {
  readonly results: readonly (EmitReply | EmitRefusal)[]
  readonly accepted: number
  readonly rejected: number
}

/** A page of a list: rows ascend; `next` is a cursor for `after`, null at the end. */
export type PageReply<Name extends string, Row> = { readonly [K in Name]: readonly Row[] } & {
  readonly next: string | null
}

/** `after: '0'` begins at the start; neither cursor = the newest page. `limit` is 50 unless given, at most 1000. */
export interface PageOptions {
  readonly limit?: number | undefined
  readonly after?: string | undefined
  readonly before?: string | undefined
}

/** An event of the history. */
export interface EventRow extends EcEvent {
  readonly seq: number | null
  readonly state: EventListState
  readonly seen_at?: string
  readonly read_at?: string
  readonly archived_at?: string
  readonly snoozed_until?: string
  /** Of a question: when it was answered, by a person or by its default. */
  readonly answered_at?: string
  readonly retracted_at?: string
}

/** Why an event went where it went. */
export interface Explanation {
  readonly id: string
  readonly user: string
  readonly plan: Plan
  readonly trace: readonly TraceRow[]
  /** What happened, why, and what would have to change: one sentence a line. */
  readonly sentences: readonly string[]
}

export interface NotificationRow {
  readonly id: string
  readonly provider: string
  readonly resource: string
  readonly key: string
  readonly kind: string
  readonly state: NotificationState
  readonly received_at: string
  readonly processed_at: string | null
  readonly reason?: string
  readonly detail?: string
}

/** With the request that brought it, as long as retention keeps that. */
export interface NotificationRecordRow extends NotificationRow {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly body_base64?: string
}

export interface ResourceRow {
  readonly id: string
  readonly provider: string
  readonly user: string
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly state: HealthState
  readonly paused: boolean
  readonly has_secret: boolean
  readonly webhook_url: string
  /** Id of the account that it is read with, and what of it it is; null = nothing is read. */
  readonly account: string | null
  readonly target: string | null
  readonly created_at: string
  readonly last_notification_at: string | null
  /** Null for one that nothing is read of. */
  readonly sync: SyncRow | null
}

export interface UserRow {
  readonly id: string
  readonly name: string | null
  readonly email: string | null
  readonly tz: string | null
  readonly lang: string | null
  readonly created_at: string
}

export interface KeyRow {
  readonly id: string
  readonly name: string
  readonly scope: readonly KeyScope[]
  readonly types: readonly string[]
  readonly users: readonly string[]
  readonly max_level: Level | null
  readonly callback: string | null
  readonly created_at: string
  readonly revoked_at: string | null
}

export interface JobRow {
  readonly id: string
  readonly kind: string
  readonly group: string
  readonly state: JobState
  readonly attempt: number
  readonly max_attempts: number
  readonly created_at: string
  readonly run_at: string
  readonly finished_at: string | null
  readonly error: string | null
}

/** A browser in which a user is signed in. */
export interface SessionRow {
  readonly id: string
  readonly created_at: string
  /** When its use was last written down, at most once a day. */
  readonly seen_at: string
  readonly expires_at: string
  /** Whether it is the one that asks. */
  readonly current: boolean
}

export interface StatusReply {
  readonly instance: string
  readonly version: string
  readonly epoch: string
  readonly uptime_s: number
  readonly url: string
  readonly public_url: string | null
  /** The page that a person uses. */
  readonly inbox: string
  /** Of the public listener; null when there is none. */
  /** Whether the providers are stand-ins. */
  readonly sandbox: boolean
  readonly public_port: number | null
  readonly clients: number
  /** Null while the store cannot be read. */
  readonly resources: number | null
  readonly jobs: Readonly<Record<JobState, number>>
  readonly checks: readonly CheckResult[]
}

export interface HealthReply {
  readonly status: 'ok' | 'warn' | 'fail' | 'draining'
  /** The rest is told to an operator only. */
  readonly version?: string
  readonly instance?: string
  readonly uptime_s?: number
  readonly checks?: readonly CheckResult[]
}

export interface ChecksReply {
  readonly checks: readonly CheckResult[]
}
