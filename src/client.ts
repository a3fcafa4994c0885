import { setTimeout as sleepFor } from 'node:timers/promises'
import { createSystemClock, type Clock } from './core/clock.ts'
import { EcError } from './core/errors.ts'
import { joinSignals } from './core/join-signals.ts'
import type { ActivityItem } from './client/activity.ts'
import { createEventsClient, type EventsClient } from './client/events.ts'
import type { StreamItem, StreamOptions } from './client/event-stream.ts'
import { createQuestionsClient, type QuestionsClient } from './client/questions.ts'
import { createHouseClient, type HouseClient } from './client/house.ts'
import { createAccountsClient, type AccountsClient } from './client/accounts.ts'
import { createSyncClient, type SyncClient } from './client/sync.ts'
import { createTransport, type Address } from './client/transport.ts'

export type { ErrorCode } from './core/error-codes.ts'
export type { ErrorCategory } from './core/errors.ts'
export type { CallToAction, Channel, ChannelHint, EcEvent, EventState, Level } from './core/event.ts'
export type { ReportedCheck, ReportStatus } from './core/browser-report.ts'
export type { Json, JsonObject } from './core/json.ts'
export type { Plan, PlanStep, TraceRow } from './core/plan.ts'
export type {
  Cap,
  CappedChannel,
  ChannelSwitch,
  Mute,
  Preferences,
  PreferencesPatch,
  QuietHours,
} from './core/preferences.ts'
export type * from './client/call-rows.ts'
export type * from './client/rows.ts'
export type * from './client/activity.ts'
export type * from './client/accounts.ts'
export type { EmitOptions, EventFilter, EventsClient } from './client/events.ts'
export type { StreamItem, StreamOptions } from './client/event-stream.ts'
export type * from './client/house.ts'
export type * from './client/questions.ts'
export type * from './client/sync-rows.ts'
export type * from './client/sync.ts'
export type { AnsweredBy, QuestionState } from './core/question.ts'
export { EcError }

/**
 * A client of an agent. Every method rejects with an `EcError`: its `code`, `status`, `hint` and `details` are the
 * agent's own; `EC_AGENT_UNREACHABLE` and `EC_TIMEOUT` are this side's. A code that this version does not know comes as
 * `EC_REMOTE` with the code in `details.code`.
 */
export interface EcClient extends EventsClient, QuestionsClient, HouseClient, SyncClient, AccountsClient {
  /**
   * Events and their states as they come, for one user. Resumes by itself after a lost connection, without a gap within
   * retention; ends when `signal` aborts or the loop is left.
   */
  stream(options?: StreamOptions): AsyncIterable<StreamItem>
  /**
   * What the whole agent does, of all users, for an operator. The first frame brings the newest rows there are. After a
   * lost connection it says so, tries again until it succeeds, also at the start, and goes on where it was. Rejects when
   * the agent refuses (401, 403); ends when `signal` aborts or the loop is left.
   */
  activity(options?: ActivityOptions): AsyncIterable<ActivityItem>
  /** Lets go of idle connections; a client that is not closed keeps no process alive. */
  close(): void
}

export interface ActivityOptions {
  readonly signal?: AbortSignal | undefined
}

/** `{ url, token }` with a service key or user token, or `{ socket }` for the operator's door in the data folder. */
export type ClientOptions = Address & {
  /** For one answer; 30 s unless given. */
  readonly timeoutMs?: number
  /** Further tries of reads, and of emits with an `id` or idempotency key, when the agent is away or busy; 2 unless given. */
  readonly retries?: number
  /** Ends every call and stream of this client. */
  readonly signal?: AbortSignal
  /** For tests. */
  readonly clock?: Clock
}

/**
 * Makes a client; connects on the first call.
 *
 *     const ec = createClient({ url: 'http://127.0.0.1:8787', token: process.env.EC_TOKEN })
 *     await ec.emit({ user_id: 'ana', type: 'job.done', title: 'Report ready', body: '', id: 'report-7' })
 */
export function createClient(options: ClientOptions): EcClient {
  const address: Address =
    'socket' in options
      ? { socket: options.socket, token: options.token ?? null }
      : { url: options.url, token: options.token ?? null }
  const clock = options.clock ?? createSystemClock()
  const { timeoutMs = 30_000, retries = 2, signal } = options
  const transport = createTransport({ address, timeoutMs, retries, signal, clock, random: Math.random, sleep })
  const ports = { transport, clock, sleep, random: Math.random }
  const events = createEventsClient(transport)
  return {
    ...events,
    ...createQuestionsClient({ ...ports, emit: events.emit }, signal),
    ...createHouseClient(transport),
    ...createSyncClient(transport),
    ...createAccountsClient(transport),
    stream,
    activity,
    close: transport.close,
  }

  async function* stream(streamOptions?: StreamOptions): AsyncGenerator<StreamItem> {
    const { openEventStream } = await import('./client/event-stream.ts')
    const joined = joinSignals([streamOptions?.signal, signal])
    try {
      yield* openEventStream(ports, { ...streamOptions, signal: joined.signal })
    } finally {
      joined.release()
    }
  }

  async function* activity(activityOptions?: ActivityOptions): AsyncGenerator<ActivityItem> {
    const { openActivityStream } = await import('./client/activity-stream.ts')
    const joined = joinSignals([activityOptions?.signal, signal])
    try {
      yield* openActivityStream(ports, joined.signal)
    } finally {
      joined.release()
    }
  }
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return sleepFor(ms, undefined, signal ? { signal } : {})
}
