import { EcError } from '../core/errors.ts'
import type { Level } from '../core/event.ts'
import type {
  BatchReply,
  EmitRefusal,
  EmitReply,
  EventRow,
  Explanation,
  NewEvent,
  PageOptions,
  PageReply,
} from './rows.ts'
import type { Transport } from './transport.ts'

export interface EventsClient {
  /**
   * Emits one event; resolves once it is durable. With `event.id` or an idempotency key a repetition answers the first
   * result, so it is tried again when the connection breaks; without, every emit is a new event and is sent once.
   */
  emit(event: NewEvent, options?: EmitOptions): Promise<EmitReply>
  /** Emits many, in order, item by item: a refused one does not touch its neighbours. Sent in requests of 500. */
  emitMany(events: readonly NewEvent[], options?: EmitOptions): Promise<BatchReply>
  readonly events: {
    list(filter?: EventFilter): Promise<PageReply<'events', EventRow>>
    /** `user` is needed only where several users have an event of this id. */
    get(id: string, user?: string): Promise<EventRow>
    trace(id: string, user?: string): Promise<Explanation>
    seen(id: string, user?: string): Promise<void>
    read(id: string, user?: string): Promise<void>
    unread(id: string, user?: string): Promise<void>
    archive(id: string, user?: string): Promise<void>
    /** Hides it from the inbox until an instant, RFC 3339. */
    snooze(id: string, until: string, user?: string): Promise<void>
    /** Takes it back: it leaves every inbox. */
    retract(id: string, user?: string): Promise<void>
  }
}

export interface EmitOptions {
  readonly idempotencyKey?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface EventFilter extends PageOptions {
  readonly user?: string | undefined
  readonly type?: string | undefined
  readonly service?: string | undefined
  readonly level?: Level | undefined
  readonly state?: EventRow['state'] | undefined
  /** Text in title or body. */
  readonly q?: string | undefined
}

/** The agent takes 500 events and 16 MiB at once. */
const BATCH_EVENTS = 500
const BATCH_BYTES = 8 * 1024 * 1024

export function createEventsClient(transport: Transport): EventsClient {
  return {
    emit: (event, options = {}) =>
      post<EmitReply>(
        event,
        options.idempotencyKey,
        event.id !== undefined || event.idempotency_key !== undefined,
        options,
      ),
    emitMany,
    events: {
      list: filter => transport.call({ method: 'GET', path: '/api/events', query: { ...filter } }),
      get: (id, user) => transport.call({ method: 'GET', path: pathOf(id), query: { user } }),
      trace: (id, user) => transport.call({ method: 'GET', path: `${pathOf(id)}/trace`, query: { user } }),
      seen: (id, user) => change(id, 'seen', user),
      read: (id, user) => change(id, 'read', user),
      unread: (id, user) => change(id, 'unread', user),
      archive: (id, user) => change(id, 'archive', user),
      snooze: (id, until, user) => change(id, 'snooze', user, { until }),
      retract: (id, user) => transport.call({ method: 'DELETE', path: pathOf(id), query: { user } }),
    },
  }

  async function emitMany(events: readonly NewEvent[], options: EmitOptions = {}): Promise<BatchReply> {
    const batches = splitBatches(events)
    const replies: BatchReply[] = []
    for (const [i, batch] of batches.entries()) {
      // One key names one request: the parts of a split batch get one each, the same on every repetition.
      const key = options.idempotencyKey
      replies.push(await emitBatch(batch, key === undefined || batches.length === 1 ? key : `${key}:${i}`, options))
    }
    return {
      results: replies.flatMap(({ results }) => results),
      accepted: replies.reduce((sum, { accepted }) => sum + accepted, 0),
      rejected: replies.reduce((sum, { rejected }) => sum + rejected, 0),
    }
  }

  async function emitBatch(
    batch: readonly NewEvent[],
    key: string | undefined,
    options: EmitOptions,
  ): Promise<BatchReply> {
    try {
      const named = batch.every(event => event.id !== undefined || event.idempotency_key !== undefined)
      return await post<BatchReply>(batch, key, named, options)
    } catch (thrown) {
      // None was valid (422): that is still an answer item by item.
      const results = thrown instanceof EcError && thrown.status === 422 ? readResults(thrown.details['results']) : null
      if (results === null) throw thrown
      return { results, accepted: 0, rejected: results.length }
    }
  }

  function post<Reply>(
    body: unknown,
    key: string | undefined,
    named: boolean,
    { signal }: EmitOptions,
  ): Promise<Reply> {
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    return transport.call({
      method: 'POST',
      path: '/api/events',
      body,
      headers,
      signal,
      repeatable: named || key !== undefined,
    })
  }

  async function change(id: string, verb: string, user: string | undefined, body: object = {}): Promise<void> {
    const query = { user }
    await transport.call({ method: 'POST', path: `${pathOf(id)}/${verb}`, query, body, repeatable: true })
  }
}

function pathOf(id: string): string {
  return `/api/events/${encodeURIComponent(id)}`
}

function splitBatches(events: readonly NewEvent[]): readonly (readonly NewEvent[])[] {
  const batches: NewEvent[][] = []
  let batch: NewEvent[] = []
  let bytes = 0
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event))
    if (batch.length === BATCH_EVENTS || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      batches.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(event)
    bytes += size
  }
  return batch.length === 0 ? batches : [...batches, batch]
}

function readResults(value: unknown): readonly EmitRefusal[] | null {
  return Array.isArray(value) ? value : null
}
