import type { ApiCall, ApiCallSum } from '../core/api-call.ts'
import type { Channel, EventListState, EventState, Level } from '../core/event.ts'
import type { Device, NewDevice, PushAddress } from '../core/device.ts'
import type { GovernorRule } from '../core/governor.ts'
import type { ClaimedJob, Job, JobState, Lane, Lease, NewJob } from '../core/job.ts'
import type { Notification, NotificationRecord, NotificationState } from '../core/notification.ts'
import type { Mailbox, SuppressedAddress } from '../core/mailbox.ts'
import type { Plan, TraceRow } from '../core/plan.ts'
import type { ReceiptKind } from '../core/receipt.ts'
import type { Answer, AnsweredBy, QuestionState } from '../core/question.ts'
import type { Person, Preferences, PreferencesPatch } from '../core/preferences.ts'
import type { HealthState, Resource } from '../core/resource.ts'
import type { ServiceKey } from '../core/service-key.ts'
import type { User } from '../core/user.ts'

/**
 * The facts. Every method is one atomic unit: it happens wholly and durably before its promise resolves, or not at
 * all. Errors: `EC_STORAGE_FULL` and `EC_STORAGE_FAILED` when the disk refused (try again; what was asked for may be
 * there, so ask with the same keys). Instants are ms since 1970 and come from the caller. Nothing here reads a clock.
 */
export interface Store {
  /** What the store is, for `hello` and `/health`. `epoch` changes only when a store was restored. */
  identity(): StoreIdentity

  // --- notifications -------------------------------------------------------------------------------------------

  /** Stores a request's notifications, each with its job, unless its resource is paused (`held`). Idempotent by key. */
  acceptNotifications(batch: readonly NewNotification[]): Promise<readonly Acceptance[]>
  /** Keeps a refused request; the oldest go beyond `limit` rows. Its id. */
  quarantine(refused: Refusal, limit: number): Promise<string>
  /** Makes a job for each notification that was held while the resource was paused; how many. */
  releaseHeld(resourceId: string, job: NotificationJob): Promise<number>
  listNotifications(query: NotificationQuery): Promise<Page<Notification>>
  getNotification(id: string): Promise<NotificationRecord | null>

  // --- events and the user's numbered stream --------------------------------------------------------------------

  /** Appends events, each a unit of its own: a conflict or a repetition of one does not touch its neighbours. */
  appendEvents(batch: readonly NewEvent[]): Promise<readonly Appended[]>
  /** Gives a held-back progress event a new `seq` at the head; null when newer progress has superseded it. */
  renumberProgress(userId: string, eventId: string): Promise<EventItem | null>
  /**
   * Records what a person did; only real changes are numbered and returned. Unknown ids are passed over. With `snoozed` a
   * job `event.send` is made for its end.
   */
  changeStates(change: StateChange): Promise<readonly StateItem[]>
  getHead(userId: string): Promise<StreamHead>
  /** What came after `after`, ascending by `seq`, at most `limit`; without superseded progress and retracted events. */
  readStream(userId: string, after: number, limit: number): Promise<readonly StreamItem[]>
  /** Events that were read, answered, put away or withdrawn last, and still are: at most `limit` ids, the newest first. */
  listSettled(userId: string, limit: number): Promise<readonly string[]>
  /** How many items `readStream` would give in all. */
  countStream(userId: string, after: number): Promise<number>
  listEvents(query: EventQuery): Promise<Page<StoredEvent>>
  /** All events with this id, one a user. */
  getEvents(id: string, userId?: string): Promise<readonly StoredEvent[]>
  /** Adds lines to traces; the one write that may be lost in a crash. */
  recordTraces(rows: readonly NewTrace[]): Promise<void>
  readTrace(userId: string, eventId: string): Promise<readonly TraceRow[]>

  // --- questions: each is born with its event, and goes with it ----------------------------------------------------

  listQuestions(query: QuestionQuery): Promise<Page<StoredQuestion>>
  /** All questions with this id, one a user. */
  getQuestions(id: string, userId?: string): Promise<readonly StoredQuestion[]>
  /**
   * Answers an open question whose deadline has not passed, and marks its event as answered: the first one wins. After
   * the deadline this ends it as `expireQuestion` does. The caller has looked whether the option is one of its own.
   * With either end a job `question.callback` is made when the live key that asked has a callback URL.
   */
  answerQuestion(given: GivenAnswer): Promise<QuestionEnd>
  /** Ends an open question by its default option, as answered; or as expired when it has none. */
  expireQuestion(userId: string, id: string, at: number): Promise<QuestionEnd>
  /** Takes an open question back; its event is retracted. To retract the event does the same. */
  cancelQuestion(userId: string, id: string, by: string | null, at: number): Promise<QuestionEnd>

  // --- digests: mail that gathers what was held for it ---------------------------------------------------------------

  /** How far a user's digests have come; `now` decides what is delivered later and so does not wait yet. */
  getDigest(userId: string, now: number): Promise<DigestState>
  /** What waits for a user's next digest, in the order in which it was held. */
  listWaitingItems(userId: string, query: WaitingQuery): Promise<readonly WaitingItem[]>
  /** What is under way in a digest. */
  listDigestItems(userId: string, digest: string): Promise<readonly DigestItem[]>

  // --- what arrives, of everybody -------------------------------------------------------------------------------

  /**
   * Notifications and events, of all users and resources, that came to the store after a position, in the order of their
   * arrival: the newest `limit` of each, and how many older ones that leaves out. `after: null` = the newest rows alone,
   * with nothing to leave out. A position holds for one epoch; `EC_USAGE` for one that was not given here. What takes the
   * place of rows that were removed from the very end, as of an erased user, may count as what was there before.
   */
  readArrivals(after: string | null, limit: number): Promise<Arrivals>
  /** Of these those that are still there, as they are now; in the order in which they were named. */
  readAgain(known: KnownRows): Promise<Pick<Arrivals, 'notifications' | 'events'>>

  // --- jobs -----------------------------------------------------------------------------------------------------

  /**
   * Hands out due jobs, of each lane at most its `limit`. Of one group it hands out a run of consecutive jobs (at most
   * `perGroup`), which the caller must end in order, and nothing more of that group until the run has ended.
   */
  claimJobs(claim: JobClaim): Promise<ClaimResult>
  /** Ends a job together with its effects. `EC_LEASE_LOST` when the lease is no longer held; then nothing happened. */
  finishJob(lease: Lease, end: JobEnd): Promise<readonly Appended[]>
  /** Gives jobs back untried: their attempt does not count. */
  releaseJobs(leases: readonly Lease[]): Promise<void>
  /**
   * Makes jobs whose lease ran out ready again (dead after their last attempt); how many. With a notification that is
   * given up so, or by too many crashes when the store is opened, a job `notification.alert` is made.
   */
  expireLeases(now: number): Promise<number>
  /** Moves the instants of waiting retries, after the wall clock was set back; how many. */
  shiftRetries(byMs: number): Promise<number>
  /** Makes a dead job ready again with a fresh set of attempts; false when it is not dead. */
  retryJob(id: string, now: number): Promise<boolean>
  listJobs(query: JobQuery): Promise<Page<Job>>
  getJob(id: string): Promise<Job | null>
  countJobs(): Promise<Readonly<Record<JobState, number>>>

  // --- people, resources, keys, switches --------------------------------------------------------------------------

  putUser(user: UserPatch, now: number): Promise<User>
  getUser(id: string): Promise<User | null>
  listUsers(query: PageQuery): Promise<Page<User>>
  /** What the delivery has to know of a user; null when there is none. */
  getPerson(id: string): Promise<Person | null>
  /** Those who have preferences, a device or an address. */
  listPeople(query: PageQuery): Promise<Page<Person>>
  /**
   * Changes the sections that are given, makes the user if there is none; all preferences as they are then. A type that
   * they keep in push comes back there.
   */
  putPreferences(userId: string, patch: PreferencesPatch, now: number): Promise<Preferences>
  /** What came of the pushes of the user's types, at most `limit`: those first of which most went out. */
  listEngagement(userId: string, limit: number): Promise<readonly TypeEngagement[]>
  /** Removes a user with preferences, events, questions, states, traces and devices; resources stay and lose nothing. */
  eraseUser(id: string): Promise<boolean>

  /** Where a user's mail goes; null for nobody, and for somebody without an address. */
  getMailbox(userId: string): Promise<Mailbox | null>
  /** Switches mail off for a type, or with null altogether; the preferences as they are then. */
  stopEmail(userId: string, type: string | null, now: number): Promise<Preferences>
  /**
   * Sends nothing more to an address; the users who have it, null when it took no mail before. `putUser` with it lifts
   * that.
   */
  suppressAddress(address: string, reason: string, at: number): Promise<readonly string[] | null>
  /** The users who have it; null when it was not suppressed. */
  liftAddress(address: string): Promise<readonly string[] | null>
  listSuppressed(query: PageQuery): Promise<Page<SuppressedAddress>>

  addResource(resource: NewResource): Promise<Resource>
  updateResource(id: string, patch: ResourcePatch): Promise<Resource | null>
  /** Removes the resource; its notifications stay as long as retention keeps them. */
  removeResource(id: string): Promise<boolean>
  getResource(id: string): Promise<Resource | null>
  /** The secrets that its notifications may be signed with, newest first, opened. */
  getSecrets(resourceId: string): Promise<readonly string[]>
  countResources(): Promise<number>
  listResources(query: ResourceQuery): Promise<Page<Resource>>

  /** `hash` is the SHA-256 of the key, hex; a second live key of the same name is `EC_CONFLICT`. */
  addKey(key: ServiceKey, hash: string): Promise<void>
  findKey(hash: string): Promise<ServiceKey | null>
  listKeys(query: PageQuery): Promise<Page<ServiceKey>>
  revokeKey(id: string, now: number): Promise<boolean>

  /** Small sealed values of our own, as the key that signs user tokens. */
  getCredential(name: string): Promise<string | null>
  /** Writes only if the stored value is still `expected` (null = none); false otherwise. */
  putCredential(name: string, value: string, expected: string | null): Promise<boolean>
  /**
   * Proves that the master key is the one that this store was sealed with, by a known value that is written on first use;
   * a store from before that is tried by what is sealed in it. `EC_SEAL_BROKEN`, and nothing was changed.
   */
  proveSeal(): Promise<void>
  /**
   * For a master key that is lost: forgets all that is sealed, secrets of resources, credentials and devices, and proves the
   * store with the present key. How many resources have no secret any more; they stay as they are otherwise.
   */
  forgetSealed(): Promise<number>

  /**
   * Keeps a browser that takes pushes, known by its endpoint; a known one gets new keys, traits and secret. One that
   * another user had becomes a new device of this one. Of a user's devices those `limit` stay that were seen last.
   */
  putDevice(device: NewDevice, limit: number): Promise<Device>
  getDevice(id: string): Promise<Device | null>
  /** Where to send to, opened; null when there is no such device. */
  getPushAddress(id: string): Promise<PushAddress | null>
  listDevices(query: DeviceQuery): Promise<Page<Device>>
  /** How many devices subscribed with which key. */
  countDevices(): Promise<readonly { readonly keyId: string; readonly devices: number }[]>
  /** Records what came of the last send; `error` null = it was taken, and counts as not shown yet. */
  noteDevice(id: string, at: number, error: string | null): Promise<void>
  /** The device says that it showed something that stands in no trace, as a test. */
  noteShown(id: string, at: number): Promise<void>
  /** Records what a device says of an event that was on its way to it; a click marks the event as read. Idempotent. */
  recordReceipt(receipt: Receipt): Promise<ReceiptEnd>
  removeDevice(id: string): Promise<boolean>

  listFeatures(): Promise<Readonly<Record<string, boolean>>>
  setFeature(name: string, on: boolean): Promise<void>

  // --- the ledger of API calls -----------------------------------------------------------------------------------

  recordCalls(calls: readonly ApiCall[]): Promise<void>
  sumCalls(since: number): Promise<readonly ApiCallSum[]>

  // --- keeping house ----------------------------------------------------------------------------------------------

  /** Removes at most `slice` rows of each kind that retention no longer keeps; how many went. Call again until 0. */
  prune(retention: RetentionLimits, slice: number): Promise<number>
  /** Writes a consistent copy while everything goes on. `EC_FILE` when the file exists or cannot be written. */
  backup(file: string): Promise<void>
  /**
   * Takes the place of the present store by the backup in `file`, under a new epoch. The backup is checked first; what
   * was there is kept beside it, at the path that is returned. `EC_STORE_CORRUPT`, `EC_STORE_NEWER`, `EC_FILE`, and
   * `EC_SEAL_BROKEN` for one that was sealed with another master key.
   */
  restore(file: string): Promise<string>
}

export interface StoreIdentity {
  readonly instance: string
  readonly epoch: string
  readonly schema: number
}

/** `after` and `before` are cursors that a page gave; `after: '0'` is the start, neither is the newest page. */
export interface PageQuery {
  readonly limit: number
  readonly after?: string
  readonly before?: string
}

/** Rows ascend; `next` is a cursor for `after`, null at the end. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly next: string | null
}

export interface NewNotification {
  readonly provider: string
  readonly resourceId: string
  readonly key: string
  readonly kind: string
  readonly receivedAt: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The work that it causes; the store adds `{ notification: ID }` as the payload. Null: its resource is paused. */
  readonly job: NotificationJob | null
}

export type NotificationJob = Omit<NewJob, 'payload'>

export interface Acceptance {
  readonly outcome: 'accepted' | 'duplicate'
  /** The stored notification's id: the first one's for a duplicate. */
  readonly id: string
}

export interface Refusal {
  readonly provider: string
  readonly resourceId: string
  readonly kind: string
  readonly receivedAt: number
  readonly headers: Readonly<Record<string, string>>
  /** Cut by the caller to what quarantine keeps. */
  readonly body: Uint8Array
  readonly reason: string
  readonly detail: string
}

export interface NotificationQuery extends PageQuery {
  readonly provider?: string
  readonly resourceId?: string
  readonly state?: NotificationState
  /** Received at or after, ms. */
  readonly since?: number
}

/** An event ready to be stored; `json` is the universal event as it will be sent. */
export interface NewEvent {
  readonly id: string
  readonly userId: string
  readonly json: string
  readonly type: string
  readonly level: string
  readonly service: string | null
  /** The service key that emitted it; null for our own and the operator's. */
  readonly keyId: string | null
  /** SHA-256 of the caller's content; null when every emit is a new event. */
  readonly contentHash: string | null
  readonly idempotencyKey: string | null
  readonly createdAt: number
  /** In the future: it waits without a `seq` for a job `event.deliver`, which is one of its `jobs`. */
  readonly deliverAt: number | null
  /** What is to be done about it, made with it. */
  readonly jobs: readonly NewJob[]
  /** Its place in the user's next digest, if mail is held for that. */
  readonly digest?: DigestEntry | null
  readonly expiresAt: number | null
  readonly plan: Plan
  readonly ws: boolean
  readonly progressKey: string | null
  /** What it asks; the user may have no other question of this id. */
  readonly question: NewQuestion | null
}

export interface NewQuestion {
  readonly id: string
  readonly defaultOption: string | null
  /** The deadline; null = it stays open until it is answered or withdrawn. */
  readonly expiresAt: number | null
  /** A job `question.expire`, which is made with it. */
  readonly expireJob: NewJob | null
}

export interface GivenAnswer {
  readonly userId: string
  readonly id: string
  readonly option: string
  readonly input: string | null
  readonly by: Exclude<AnsweredBy, 'default'>
  /** Whom other clients are told as the one who did it: a session, `operator`. */
  readonly session: string | null
  readonly at: number
}

/** `items` are the numbered changes that it caused, whatever the outcome. */
export interface QuestionEnd {
  /**
   * `ended`: by this call. `repeated`: it had ended so before. `refused`: it had ended in another way. `unknown`: there
   * is no such question.
   */
  readonly outcome: 'ended' | 'repeated' | 'refused' | 'unknown'
  readonly items: readonly StateItem[]
}

export interface QuestionQuery extends PageQuery {
  readonly userId?: string
  readonly state?: QuestionState
  /** Only what this service key asked. */
  readonly keyId?: string
}

export interface StoredQuestion {
  readonly id: string
  readonly userId: string
  readonly eventId: string
  readonly keyId: string | null
  readonly state: QuestionState
  readonly expiresAt: number | null
  readonly createdAt: number
  /** When it was answered, expired or withdrawn. */
  readonly endedAt: number | null
  readonly answer: Answer | null
  /** The universal event that asks it. */
  readonly eventJson: string
}

export type Appended =
  | { readonly outcome: 'appended'; readonly item: EventItem | null; readonly id: string; readonly plan: Plan }
  /** The same content came before: the first result. */
  | { readonly outcome: 'repeated'; readonly id: string; readonly seq: number | null; readonly plan: Plan }
  /** The id or key stands for other content, or its question's id for another question. */
  | { readonly outcome: 'conflict'; readonly id: string }

export type StreamItem = EventItem | StateItem

export interface EventItem {
  readonly kind: 'event'
  readonly userId: string
  readonly seq: number
  readonly id: string
  /** The universal event as JSON text, ready to send. */
  readonly json: string
  /** False: it stands in the history only. */
  readonly ws: boolean
  readonly progressKey: string | null
}

export interface StateItem {
  readonly kind: 'state'
  readonly userId: string
  readonly seq: number
  /** The event's id. */
  readonly id: string
  readonly state: EventState
  /** Who did it: a session, `operator`, or a key's name. */
  readonly by: string | null
  readonly at: number
  /** With `snoozed`: until when, ms. */
  readonly until: number | null
}

export interface StateChange {
  readonly userId: string
  readonly ids: readonly string[]
  readonly state: EventState
  readonly by: string | null
  readonly at: number
  readonly until: number | null
}

export interface StreamHead {
  /** The newest `seq`; 0 for a user without a stream. */
  readonly seq: number
  /** Retention has removed items up to here: a cursor before it cannot be recovered in full. */
  readonly pruned: number
  readonly unread: { readonly total: number; readonly action: number }
}

export interface EventQuery extends PageQuery {
  readonly userId?: string
  readonly type?: string
  readonly service?: string
  readonly level?: string
  readonly state?: EventListState
  /** Only what this service key emitted. */
  readonly keyId?: string
  /** Text in title or body, in any case. */
  readonly q?: string
}

/** An event that is held for its user's next digest. One that is held, or under way in a digest, already stays as it is. */
export interface DigestEntry {
  readonly userId: string
  readonly eventId: string
  readonly heldAt: number
  /** The instant of that digest; a job `digest.make` looks then, at the latest. */
  readonly dueAt: number
}

export interface DigestState {
  /** No instant up to this one has a digest any more; null before the first. */
  readonly closedAt: number | null
  /** Since when the oldest waits; null when nothing does. */
  readonly oldestAt: number | null
}

export interface WaitingQuery {
  readonly now: number
  /** The place of the last item that is known; 0 = from the start. */
  readonly after: number
  readonly limit: number
}

export interface WaitingItem {
  /** Its place in the order. */
  readonly n: number
  readonly event: StoredEvent
}

export interface DigestItem {
  readonly eventId: string
  readonly level: Level
  /** When the event took its place in the stream. */
  readonly placedAt: number
  readonly expiresAt: number | null
  readonly isRetracted: boolean
}

/** What becomes of a user's digest with the end of a job. `nextAt`: when to look next, if something waits then. */
export type DigestEffect =
  | { readonly type: 'wake'; readonly userId: string; readonly nextAt: number | null }
  | {
      /** Closes a period, once: with another `closedAt` than `expected` all of this was done before, and is left out. */
      readonly type: 'close'
      readonly userId: string
      readonly expected: number | null
      readonly closedAt: number
      /** The digest that `gathered` is under way in from now on; null: it comes to none, and what waits goes on waiting. */
      readonly digest: string | null
      readonly gathered: readonly string[]
      /** What waits no longer. */
      readonly dropped: readonly string[]
      readonly nextAt: number | null
      readonly jobs: readonly NewJob[]
      readonly traces: readonly NewTrace[]
    }
  /** The digest was sent, or never will be. */
  | { readonly type: 'end'; readonly userId: string; readonly digest: string }
  /** What was in it waits for the next one. */
  | { readonly type: 'release'; readonly userId: string; readonly digest: string; readonly nextAt: number | null }

/** An event of the history with what became of it. */
export interface StoredEvent {
  readonly json: string
  readonly id: string
  readonly userId: string
  /** Null while it waits for `deliver_at`. */
  readonly seq: number | null
  readonly keyId: string | null
  readonly plan: Plan
  readonly seenAt: number | null
  readonly readAt: number | null
  readonly archivedAt: number | null
  readonly snoozedUntil: number | null
  readonly answeredAt: number | null
  readonly retractedAt: number | null
}

/** Rows ascend. Reading on after `position` brings each later arrival once. */
export interface Arrivals {
  readonly notifications: readonly Notification[]
  /** A scheduled one arrives when it is made, not again when it takes its place in the stream. */
  readonly events: readonly StoredEvent[]
  readonly skipped: { readonly notifications: number; readonly events: number }
  /** `[0-9.]`, at most 40 characters. */
  readonly position: string
}

/** Rows that somebody has been told of. */
export interface KnownRows {
  /** Ids. */
  readonly notifications: readonly string[]
  readonly events: readonly EventKey[]
}

/** An id is unique among the events of its user. */
export interface EventKey {
  readonly userId: string
  readonly id: string
}

export interface NewTrace {
  readonly userId: string
  readonly eventId: string
  readonly at: number
  readonly step: TraceRow['step']
  readonly channel: Channel | null
  readonly target: string | null
  readonly reason: string | null
  readonly count: number | null
  /** RFC 3339: until when, or when next. */
  readonly until?: string | null
  /** What the reason is about, as in a step of a plan. */
  readonly about?: string | null
}

export interface JobClaim {
  readonly now: number
  /** The instant at which the lease runs out, on the same time line as `expireLeases` is told. */
  readonly leaseUntil: number
  /** What there is room for; of a lane that is not named nothing is handed out. */
  readonly lanes: readonly LaneClaim[]
}

export interface LaneClaim {
  readonly lane: Lane
  readonly limit: number
  readonly perGroup: number
}

export interface ClaimResult {
  readonly jobs: readonly ClaimedJob[]
  /** When the next delayed job falls due; null when none waits. */
  readonly nextRunAt: number | null
  /** Lanes of which more could be claimed right now. */
  readonly more: readonly Lane[]
  /** Notifications that wait to be processed, due or not. */
  readonly waiting: number
}

/** How a job ends, with everything that must happen in the same transaction. */
export type JobEnd =
  | { readonly type: 'done'; readonly at: number; readonly effects: JobEffects }
  | {
      readonly type: 'retry'
      readonly at: number
      readonly runAt: number
      readonly reason: string
      readonly traces?: readonly NewTrace[]
    }
  | { readonly type: 'dead'; readonly at: number; readonly reason: string; readonly effects: JobEffects }

export interface JobEffects {
  readonly notification?: { readonly id: string; readonly state: NotificationState; readonly reason?: string }
  readonly events?: readonly NewEvent[]
  readonly jobs?: readonly NewJob[]
  readonly traces?: readonly NewTrace[]
  /** What is held for a digest from now on. */
  readonly held?: readonly DigestEntry[]
  readonly digest?: DigestEffect
  /** It has gone out by push, which counts the first time. */
  readonly pushed?: PushedEvent
  /** Gives a scheduled event its `seq`; nothing when it was retracted or has expired. */
  readonly deliver?: { readonly userId: string; readonly eventId: string }
}

export interface PushedEvent {
  readonly userId: string
  readonly eventId: string
  readonly at: number
  /** By which its type may be taken out of push, with a job `push.governed`; null = it is only counted. */
  readonly rule: GovernorRule | null
}

/** What came of the pushes of a type, of late. */
export interface TypeEngagement {
  readonly type: string
  readonly sent: number
  /** Read or answered within a day. */
  readonly opened: number
  /** Since when it goes out by push no more, because so little was opened; null = it does go out. */
  readonly governedAt: number | null
}

export interface JobQuery extends PageQuery {
  readonly kind?: string
  readonly state?: JobState
  readonly group?: string
}

export interface UserPatch {
  readonly id: string
  readonly name?: string | null
  readonly email?: string | null
  readonly tz?: string | null
  readonly lang?: string | null
}

export interface NewResource {
  readonly id: string
  readonly provider: string
  readonly userId: string
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly createdAt: number
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
}

/** What a device says of an event. */
export interface Receipt {
  readonly userId: string
  readonly eventId: string
  readonly device: string
  /** How the device is called to people. */
  readonly label: string
  readonly what: ReceiptKind
  /** When it happened, as the device says; no earlier counts than when the event was on its way. */
  readonly at: number
}

export interface ReceiptEnd {
  /** `unknown`: no such event is, or was, on its way to the device. `repeated`: it is known, and nothing was written. */
  readonly outcome: 'recorded' | 'repeated' | 'unknown'
  /** What was numbered for it. */
  readonly items: readonly StateItem[]
}

export interface DeviceQuery extends PageQuery {
  readonly userId?: string
}

/** Everything older than these instants (ms) may go. */
export interface RetentionLimits {
  readonly progressBefore: number
  readonly eventsBefore: number
  readonly bodiesBefore: number
  readonly notificationsBefore: number
  readonly callsBefore: number
  readonly jobsBefore: number
  readonly tracesBefore: number
  readonly engagementBefore: number
}
