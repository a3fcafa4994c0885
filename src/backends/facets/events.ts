import type { Channel, EventListState, EventState } from '../../core/event.ts'
import type { NewJob } from '../../core/job.ts'
import type { Plan, TraceRow } from '../../core/plan.ts'
import type { DigestEntry } from './digests.ts'
import type { Page, PageQuery } from './pages.ts'
import type { NewQuestion } from './questions.ts'

/** Events, and the numbered stream of each user that they stand in. */
export interface EventFacts {
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
  /** How many items `readStream` would give in all. */
  countStream(userId: string, after: number): Promise<number>
  listEvents(query: EventQuery): Promise<Page<StoredEvent>>
  /** Events that were read, answered, put away or withdrawn last, and still are: at most `limit` ids, the newest first. */
  listSettled(userId: string, limit: number): Promise<readonly string[]>
  /** All events with this id, one a user. */
  getEvents(id: string, userId?: string): Promise<readonly StoredEvent[]>
  /** Adds lines to traces; the one write that may be lost in a crash. */
  recordTraces(rows: readonly NewTrace[]): Promise<void>
  readTrace(userId: string, eventId: string): Promise<readonly TraceRow[]>
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
