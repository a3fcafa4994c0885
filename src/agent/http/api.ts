import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type {
  DeviceQuery,
  EventQuery,
  JobQuery,
  NotificationQuery,
  Page,
  PageQuery,
  QuestionQuery,
  ResourcePatch,
  ResourceQuery,
  StateItem,
  StoredEvent,
  StoredQuestion,
  TypeEngagement,
  UserPatch,
} from '../../backends/store.ts'
import type { ApiCallSum } from '../../core/api-call.ts'
import type { BrowserReport } from '../../core/browser-report.ts'
import type { BrowserSession } from '../../core/browser-session.ts'
import type { CheckResult } from '../../core/check.ts'
import type { Device, DeviceTraits, PushAddress } from '../../core/device.ts'
import type { EventProblem } from '../../core/event-schema.ts'
import type { Channel, EventState } from '../../core/event.ts'
import type { Job } from '../../core/job.ts'
import type { Notification, NotificationRecord, RawRequest } from '../../core/notification.ts'
import type { SuppressedAddress } from '../../core/mailbox.ts'
import type { Plan, TraceRow } from '../../core/plan.ts'
import type { CappedChannel, Mute, Preferences, PreferencesPatch } from '../../core/preferences.ts'
import type { Quiet } from '../../core/quiet-hours.ts'
import type { Principal } from '../../core/principal.ts'
import type { ReceiptKind } from '../../core/receipt.ts'
import type { Resource } from '../../core/resource.ts'
import type { KeyScope, ServiceKey } from '../../core/service-key.ts'
import type { Level } from '../../core/event.ts'
import type { User } from '../../core/user.ts'
import type { Verified } from '../../core/verified.ts'

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
  readonly users: UserApi
  readonly diagnostics: DiagnosticApi
  readonly keys: KeyApi
  readonly push: PushApi
  readonly email: EmailApi
  readonly channels: ChannelApi
  readonly jobs: JobApi
  readonly house: HouseApi
}

export interface HealthApi {
  /** The proof that this agent is the one that made the nonce; null for any other nonce, and for one used before. */
  prove(nonce: string, door: Door): string | null
  /** `draining` answers 503. */
  read(): Promise<Health>
  /** Prometheus text and its content type. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
}

export interface Health {
  readonly status: 'ok' | 'warn' | 'fail' | 'draining'
  readonly version: string
  readonly instance: string
  readonly uptime_s: number
  readonly checks: readonly CheckResult[]
}

export interface IdentityApi {
  /** The holder of a service key or user token; null when it is neither, has expired or was revoked. */
  verify(bearer: string): Promise<Verified | null>
  /** A signed token that reads and answers as this user; `[A-Za-z0-9._-]`. */
  issueToken(userId: string, ttlMs: number): Promise<{ readonly token: string; readonly expiresAt: number }>
  /** A single-use ticket for `/ws`, good for 30 s. `login`: the session that it came of, with which it ends. */
  issueTicket(userId: string, login?: string): { readonly ticket: string; readonly expiresInMs: number }
}

/** How people's browsers are signed in. */
export interface SessionApi {
  /** The page that a person uses, without a secret in it. */
  inboxUrl(): string
  /** A link that signs one browser in as the user, once. `EC_FIELD_INVALID`. */
  invite(userId: string, ttlMs: number): Promise<{ readonly url: string; readonly expiresAt: number }>
  /**
   * Opens a session by the secret of a link; the one that the browser had before (`previous`, its secret) ends.
   * `EC_LINK_UNKNOWN`, `EC_LINK_USED`, `EC_LINK_EXPIRED`.
   */
  signIn(link: string, previous: string | null): Promise<{ readonly secret: string; readonly session: BrowserSession }>
  /** The session that a secret stands for; `extended`: it has just got more time. Null when it has ended. */
  verify(secret: string): Promise<{ readonly session: BrowserSession; readonly extended: boolean } | null>
  /** The browsers in which a user is signed in. */
  list(userId: string): Promise<readonly BrowserSession[]>
  /** Signs a browser of the user out, with null all of them. What is open there closes. */
  end(userId: string, login: string | null): Promise<void>
}

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

export interface EventApi {
  /** Emits one event or a batch, in order, item by item. `idempotencyKey` is the header's. */
  emit(principal: Principal, raw: unknown, idempotencyKey: string | null): Promise<EmitResult>
  emitMany(
    principal: Principal,
    raws: readonly unknown[],
    idempotencyKey: string | null,
  ): Promise<readonly EmitItemResult[]>
  list(principal: Principal, query: EventQuery): Promise<Page<StoredEvent>>
  get(principal: Principal, id: string, userId: string | null): Promise<StoredEvent>
  trace(principal: Principal, id: string, userId: string | null): Promise<Explanation>
  /** Where the user's stream stands, and what of it is unread. */
  inbox(
    userId: string,
  ): Promise<{ readonly epoch: string; readonly head: number; readonly unread: { total: number; action: number } }>
  /** As `change`, for many events of one user; ids that are not there are passed over. */
  changeMany(
    principal: Principal,
    ids: readonly string[],
    userId: string,
    state: EventState,
    until: number | null,
  ): Promise<readonly StateItem[]>
  /** Changes the state; the items that were numbered for it. */
  change(
    principal: Principal,
    id: string,
    userId: string | null,
    state: EventState,
    until: number | null,
  ): Promise<readonly StateItem[]>
}

export interface EmitResult {
  readonly id: string
  /** Null when it is delivered later (`deliver_at`). */
  readonly seq: number | null
  readonly plan: Plan
  readonly warnings: readonly string[]
}

export type EmitItemResult =
  | EmitResult
  | {
      readonly error: {
        readonly code: string
        readonly detail: string
        /** The next step. */
        readonly hint: string
        readonly errors?: readonly EventProblem[]
      }
    }

export interface Explanation {
  readonly id: string
  readonly userId: string
  readonly plan: Plan
  readonly trace: readonly TraceRow[]
  /** What happened, why, and what would have to change: one sentence a line. */
  readonly sentences: readonly string[]
}

export interface QuestionApi {
  list(principal: Principal, query: QuestionQuery): Promise<Page<StoredQuestion>>
  get(principal: Principal, id: string, userId: string | null): Promise<StoredQuestion>
  /**
   * Resolves as soon as the question has ended; as it stands after `ms`, when `signal` aborts, and when the agent is
   * about to stop.
   */
  wait(
    principal: Principal,
    id: string,
    userId: string | null,
    ms: number,
    signal: AbortSignal,
  ): Promise<StoredQuestion>
  /**
   * The first answer wins; the same answer again gets the same question back. `EC_CONFLICT` with the `winner` for
   * another, `EC_QUESTION_CLOSED` when it has expired or was withdrawn, `EC_FIELD_INVALID` for what is no answer to it.
   * `session` is told to other clients as the one who did it.
   */
  answer(
    principal: Principal,
    id: string,
    userId: string | null,
    given: { readonly option: string; readonly input: string | null },
    session: string | null,
  ): Promise<StoredQuestion>
  /** Withdraws an open question and its event. `EC_CONFLICT` with the `winner`, `EC_QUESTION_CLOSED` when it expired. */
  cancel(principal: Principal, id: string, userId: string | null): Promise<StoredQuestion>
}

export interface StreamApi {
  /** Takes over a WebSocket upgrade, authentication included. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, door: Door): void
  /** Answers with server-sent events until either side ends it. `cursor` is `EPOCH.SEQ` or null. */
  openEventStream(reader: StreamReader, cursor: string | null, response: ServerResponse): void
}

/** Who reads a stream, and until when he may. */
export interface StreamReader {
  readonly userId: string
  /** ms since 1970; null = until he leaves. */
  readonly expiresAt: number | null
  /** Id of the browser's session that let him in: when that ends, so does this. */
  readonly login?: string
}

export interface ActivityApi {
  /**
   * Answers with what the whole agent does, as server-sent events, until either side ends it. `cursor` is the `id` of the
   * last message that was read, or null. `EC_RATE_LIMITED` when too many follow already, `EC_DRAINING`, `EC_USAGE` for a
   * cursor that was not given here; nothing has been written then.
   */
  follow(cursor: string | null, response: ServerResponse): Promise<void>
}

/** What came to the store since the last look, and how the agent is. Rows ascend. */
export interface Activity {
  readonly at: number
  readonly instance: string
  readonly uptimeMs: number
  readonly notifications: readonly Notification[]
  readonly events: readonly StoredEvent[]
  readonly skipped: { readonly notifications: number; readonly events: number }
  /** What came before, and is different by now. */
  readonly changed: { readonly notifications: readonly Notification[]; readonly events: readonly StoredEvent[] }
  readonly totals: ActivityTotals
  readonly jobs: Readonly<Record<Job['state'], number>>
  readonly clients: number
}

/** Since the agent started. */
export interface ActivityTotals {
  readonly notifications: number
  readonly refused: number
  readonly events: number
  readonly deliveries: number
  readonly jobs: number
  readonly calls: number
}

/** Which listener a request came through. */
export type Door = 'private' | 'public' | 'socket'

export interface NotificationApi {
  list(query: NotificationQuery): Promise<Page<Notification>>
  get(id: string): Promise<NotificationRecord>
  why(id: string): Promise<{ readonly notification: Notification; readonly sentences: readonly string[] }>
}

export interface ResourceApi {
  add(input: {
    readonly provider: string
    readonly userId: string
    readonly name: string | null
    readonly settings: Readonly<Record<string, string>>
    /** Not given: one is made and told in the answer, this once. Null: none, so that nothing it gets can be verified. */
    readonly secret?: string | null
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

export interface UserApi {
  list(query: PageQuery): Promise<Page<User>>
  get(id: string): Promise<User>
  put(patch: UserPatch): Promise<User>
  /** `EC_NOT_FOUND` for nobody. */
  getPreferences(id: string): Promise<Preferences>
  /** Changes the sections that are given; they count from the next event on. */
  putPreferences(id: string, patch: PreferencesPatch): Promise<Preferences>
  /** What came of pushes of late, by type; `EC_NOT_FOUND` for nobody. */
  engagement(id: string): Promise<readonly TypeEngagement[]>
  /** What stands between the user and events now; of nobody too, since a token may name somebody new. */
  reach(id: string): Promise<Reach>
  erase(id: string): Promise<void>
}

/** What stands between a user and events at a moment. */
export interface Reach {
  readonly user: string
  readonly presence: StreamPresence
  readonly devices: readonly (Device & { readonly key: KeyAge })[]
  readonly email: {
    readonly state: 'none' | 'suppressed' | 'no_server' | 'fine'
    /** As much of it as may be shown. */
    readonly address: string | null
    /** Of the suppression. */
    readonly reason: string | null
  }
  /** Null without quiet hours. */
  readonly quiet: Quiet | null
  /** Those in force. */
  readonly mutes: readonly Mute[]
  /** Channels that the person switched off for everything. */
  readonly off: readonly CappedChannel[]
  /** Types that go out by push no more, because so few of them were opened. */
  readonly governed: readonly string[]
  /** `until`: when the first comes back. */
  readonly snoozed: { readonly count: number; readonly until: number | null }
  readonly lastEvent: EventFate | null
}

/** The clients of a user that are connected, and how many of them say that they are looked at. */
export interface StreamPresence {
  readonly clients: number
  readonly visible: number
  readonly focused: number
}

/** `older`: it serves those that subscribed with it; `gone`: nothing can be sent to them. */
export type KeyAge = 'current' | 'older' | 'gone'

/** Where an event went, in short; instants are RFC 3339. */
export interface EventFate {
  readonly id: string
  readonly type: string
  readonly createdAt: string
  readonly channels: readonly {
    readonly channel: string
    /** Of its trace, or of its plan while there is none: `sent`, `shown`, `held`, `suppress` ... */
    readonly step: string
    readonly reason: string | null
    readonly until: string | null
    readonly at: string | null
  }[]
}

export interface DiagnosticApi {
  /** Keeps it; when that was. `asksHelp`: the operator is told. `EC_RATE_LIMITED`. */
  report(report: Omit<BrowserReport, 'receivedAt' | 'askedAt'>, asksHelp: boolean): Promise<number>
  /** Of a user's browsers, the newest first; `EC_NOT_FOUND` for nobody. */
  reports(userId: string): Promise<readonly BrowserReport[]>
}

export interface KeyApi {
  create(input: {
    readonly name: string
    readonly scopes: readonly KeyScope[]
    readonly types: readonly string[]
    readonly users: readonly string[]
    readonly maxLevel: Level | null
    readonly callbackUrl: string | null
  }): Promise<{
    readonly key: ServiceKey
    readonly secret: string
    /** What its callbacks are signed with; null without a callback URL. */
    readonly callbackSecret: string | null
  }>
  list(query: PageQuery): Promise<Page<ServiceKey>>
  revoke(id: string): Promise<void>
}

export interface PushApi {
  /** The key that browsers subscribe with; `EC_NOT_FOUND` before there is one. */
  key(): Promise<{ readonly id: string; readonly publicKey: string }>
  /** Makes the first key, or with `rotate` another one; else sets the subject. `made`: there is a new key. */
  setUp(
    subject: string,
    rotate: boolean,
  ): Promise<{ readonly id: string; readonly publicKey: string; readonly subject: string; readonly made: boolean }>
  /**
   * `keyId` null = the newest. `secret` is told this once; each subscribing makes a new one, but for a browser that proves
   * itself as the device that it was (`former`): it stays that device, with its secret. A `former` of another user ends.
   * `EC_FIELD_INVALID`, `EC_RATE_LIMITED`, `EC_ENDPOINT_GONE`, `EC_DEVICE_REMOVED`.
   */
  subscribe(
    userId: string,
    subscription: DeviceTraits & {
      readonly address: PushAddress
      readonly keyId: string | null
      readonly former?: DeviceProof | null
    },
  ): Promise<{ readonly device: Device; readonly secret: string }>
  /**
   * A browser subscribed anew and says so itself, without a page: it stays the device that it is. `EC_FORBIDDEN` when
   * device and secret do not belong together, else as `subscribe`.
   */
  renew(renewal: DeviceProof & { readonly address: PushAddress; readonly keyId: string | null }): Promise<Device>
  /** `EC_FORBIDDEN` when they do not belong together. */
  unsubscribe(device: string, secret: string): Promise<void>
  /** `EC_FORBIDDEN` when device, secret and event do not belong together, `EC_RATE_LIMITED`. A repetition does nothing. */
  receipt(receipt: PushReceipt): Promise<void>
  /** Answers a question as the device's user. `EC_FORBIDDEN`, `EC_RATE_LIMITED`, and whatever an answer may get. */
  answer(given: DeviceAnswer): Promise<void>
  devices(query: DeviceQuery): Promise<Page<Device>>
  /** `userId`: whose it must be; null = anybody's. */
  remove(device: string, userId: string | null): Promise<void>
  /**
   * Sends a test now; resolves with what became of it. A device that is gone is removed. The event is `evt_test-` and the
   * `nonce`, so that a page knows it when its worker says what it shows. `EC_RATE_LIMITED`.
   */
  test(device: string, userId: string | null, nonce: string | null): Promise<PushTrial>
  /** What a key that a device subscribed with is to this agent. */
  ageOfKey(id: string): Promise<KeyAge>
}

/** How a browser proves which device it is. */
export interface DeviceProof {
  readonly device: string
  readonly secret: string
}

/** The button of a notification that a person pressed. */
export interface DeviceAnswer {
  readonly device: string
  readonly secret: string
  readonly question: string
  readonly option: string
  readonly input: string | null
}

/** What a device says of a message. */
export interface PushReceipt {
  readonly device: string
  readonly secret: string
  /** The event's id. */
  readonly event: string
  readonly what: ReceiptKind
  /** By the clock of the device, ms; null = now. */
  readonly at: number | null
}

export interface PushTrial {
  readonly device: string
  /** The event's id, as the worker is told. */
  readonly event: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected' | 'key_trouble'
  readonly reason: string | null
}

export interface EmailApi {
  /** Sends a test now, to a suppressed address too. `EC_NOT_FOUND` without a mail server, and for who has no address. */
  test(userId: string): Promise<MailTrial>
  suppressed(query: PageQuery): Promise<Page<SuppressedAddress>>
  /** `EC_NOT_FOUND` when it is not suppressed. */
  lift(address: string): Promise<void>
  readonly pages: PageApi
}

export interface MailTrial {
  readonly user: string
  /** As much of it as may be shown. */
  readonly address: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected' | 'bad_address' | 'our_trouble'
  /** What the mail server said, unless it took it. */
  readonly reason: string | null
}

/**
 * The pages that mail links to. The token in the link is all the right that there is. `show` changes nothing. Never
 * rejects: what goes wrong is a page too. `languages` is the header `Accept-Language`.
 */
export interface PageApi {
  showAnswer(token: string, languages: string | null): Promise<HtmlPage>
  submitAnswer(token: string, form: Readonly<Record<string, string>>, languages: string | null): Promise<HtmlPage>
  showStop(token: string, languages: string | null): Promise<HtmlPage>
  submitStop(token: string, form: Readonly<Record<string, string>>, languages: string | null): Promise<HtmlPage>
}

export interface HtmlPage {
  readonly status: number
  readonly html: string
  /** SHA-256 of its one style, base64, for the policy that allows nothing else. */
  readonly styleHash: string
}

export interface ChannelApi {
  /** Each channel of this agent; of those that the operator sets up, what stands in the configuration. */
  list(): Promise<readonly ChannelState[]>
  /** Sends a test to a command or webhook now; resolves with what became of it. */
  test(name: string): Promise<ChannelTrial>
  /** Switches a command or webhook on or off. */
  switch(name: string, on: boolean): Promise<ChannelState>
}

export interface ChannelState {
  readonly name: string
  readonly channel: Channel
  /** Whom it serves; null = everybody. */
  readonly users: readonly string[] | null
  /** Type patterns that it takes; null = all but progress. */
  readonly types: readonly string[] | null
  readonly state: 'on' | 'off' | 'broken'
  readonly detail: string | null
}

export interface ChannelTrial {
  readonly name: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected'
  readonly reason: string | null
  readonly ms: number
}

export interface JobApi {
  list(query: JobQuery): Promise<Page<Job>>
  get(id: string): Promise<Job>
  retry(id: string): Promise<Job>
  counts(): Promise<Readonly<Record<Job['state'], number>>>
}

export interface HouseApi {
  /** Every diagnostic that the agent can make by itself; it reads all resources. */
  checks(): Promise<readonly CheckResult[]>
  /** Looks for this agent through its public URL; takes as long as the network does, 5 s at most. */
  checkPublicUrl(): Promise<readonly CheckResult[]>
  sumCalls(since: number): Promise<readonly ApiCallSum[]>
  features(): Promise<Readonly<Record<string, boolean>>>
  setFeature(name: string, on: boolean): Promise<void>
  /** Figures for `ec status`. */
  status(): Promise<Status>
  /** Writes a copy of the running store to a path on this machine. */
  backup(file: string): Promise<void>
  /** Puts a backup in the place of the store; the path where the old one is kept. */
  restore(file: string): Promise<string>
}

export interface Status {
  readonly instance: string
  readonly version: string
  readonly epoch: string
  readonly uptime_s: number
  readonly url: string
  readonly public_url: string | null
  /** The page that a person uses. */
  readonly inbox: string
  /** Of the public listener; null when there is none. */
  readonly public_port: number | null
  readonly clients: number
  /** Null while the store cannot be read. */
  readonly resources: number | null
  readonly jobs: Readonly<Record<Job['state'], number>>
  readonly checks: readonly CheckResult[]
}
