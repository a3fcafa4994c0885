import type { Bus } from '../../backends/backend.ts'
import type { Appended, EventItem, NewEvent, Store } from '../../backends/store.ts'
import { EcError } from '../../core/errors.ts'
import { parseEvent, type EventInput, type EventProblem } from '../../core/event-schema.ts'
import type { Meter } from '../../core/meter.ts'
import type { Principal } from '../../core/principal.ts'
import type { ServiceKey } from '../../core/service-key.ts'
import type { EmitItemResult, EmitResult } from '../http/api.ts'
import { makeNewEvent, type NewEventContext } from './new-event.ts'
import { refusalFor, requireEmitter } from './rights.ts'

export interface EmitterOptions extends NewEventContext {
  readonly store: Pick<Store, 'appendEvents'>
  readonly bus: Bus
  readonly meter: Meter
  /** Told that a job may have been born. */
  readonly wake: () => void
  /** Told of an event that was planned and then not stored, as a repetition. */
  readonly unplan?: (userId: string, eventId: string) => void
}

export interface Emitter {
  /**
   * Stores one event and tells who listens; resolves once it is durable. `idempotencyKey` is the header's. An event whose
   * `expires_at` has passed is taken, planned for no channel, so that a sender's late repetition still gets its first
   * answer. Errors: `EC_EVENT_INVALID`, `EC_FORBIDDEN`, `EC_CONFLICT`, and the store's.
   */
  emit(principal: Principal, raw: unknown, idempotencyKey: string | null): Promise<EmitResult>
  /**
   * The same for many, in order; an event that is refused does not touch its neighbours. The header's key counts for
   * each place in the batch on its own, and gives way to an event's own `idempotency_key`.
   */
  emitMany(
    principal: Principal,
    raws: readonly unknown[],
    idempotencyKey: string | null,
  ): Promise<readonly EmitItemResult[]>
  /** Events of our own, as a notification makes them, for the effects of a job; `announce` what the store then gave. */
  makeOwn(inputs: readonly EventInput[]): readonly NewEvent[]
  /** Stores events of our own that no job makes, and tells who listens. One that has an id is stored once. */
  emitOwn(inputs: readonly EventInput[]): Promise<void>
  /** Tells who listens what has become durable. */
  announce(appended: readonly Appended[]): void
}

const MAX_KEY = 255

/** An event that was not taken, with what to tell its sender. */
interface Refused {
  readonly error: EcError
  readonly problems?: readonly EventProblem[]
}

export function createEmitter(options: EmitterOptions): Emitter {
  const { store, bus, wake } = options
  const placed = options.meter.counter('ec_events_total', {})

  async function emit(principal: Principal, raw: unknown, header: string | null): Promise<EmitResult> {
    const event = prepare(requireEmitter(principal), raw, field => singleKey(header, field))
    if ('error' in event) throw event.error
    const [appended] = await append([event])
    if (appended === undefined) throw unanswered()
    if (appended.outcome === 'conflict') throw conflict(appended.id)
    return toResult(appended)
  }

  async function emitMany(
    principal: Principal,
    raws: readonly unknown[],
    header: string | null,
  ): Promise<readonly EmitItemResult[]> {
    const key = requireEmitter(principal)
    const prepared = raws.map((raw, place) => prepare(key, raw, field => batchKey(header, field, place)))
    const events = prepared.filter(isTaken)
    const appended = (events.length > 0 ? await append(events) : []).values()
    return prepared.map(item => {
      if ('error' in item) return toErrorItem(item)
      const { value } = appended.next()
      if (value === undefined) throw unanswered()
      return value.outcome === 'conflict' ? toErrorItem({ error: conflict(value.id) }) : toResult(value)
    })
  }

  /** Checks everything that can be checked without the store. `keyFor` names the idempotency key, or what is wrong. */
  function prepare(
    key: ServiceKey | null,
    raw: unknown,
    keyFor: (field: string | undefined) => Key,
  ): NewEvent | Refused {
    const parsed = parseEvent(raw)
    if (!parsed.ok) return invalid(parsed.problems)
    const { input } = parsed
    const error = key === null ? null : refusalFor(key, input)
    if (error !== null) return { error }
    const idempotency = keyFor(input.idempotency_key)
    if (idempotency.problem !== undefined) {
      return invalid([{ path: 'idempotency_key', message: idempotency.problem }])
    }
    return makeNewEvent(options, input, {
      keyId: key?.id ?? null,
      idempotencyKey: idempotency.key,
      content: () => callersContent(raw, input),
    })
  }

  async function append(events: readonly NewEvent[]): Promise<readonly Appended[]> {
    const appended = await store.appendEvents(events)
    announce(appended)
    for (const [place, { userId, id }] of events.entries()) {
      const one = appended[place]
      // What came before under the same id still counts.
      if (one !== undefined && one.outcome !== 'appended' && one.id !== id) options.unplan?.(userId, id)
    }
    if (events.some(event => event.jobs.length > 0 || event.question !== null)) wake()
    return appended
  }

  function announce(appended: readonly Appended[]): void {
    const [one, ...others] = appended
    if (one === undefined) return
    if (others.length === 0) return announceOne(one)
    const byUser = new Map<string, EventItem[]>()
    for (const one of appended) {
      if (one.outcome !== 'appended' || one.item === null) continue
      placed.add()
      const items = byUser.get(one.item.userId)
      if (items) items.push(one.item)
      else byUser.set(one.item.userId, [one.item])
    }
    for (const [userId, items] of byUser) bus.publish('stream', { userId, items })
  }

  function announceOne(one: Appended): void {
    if (one.outcome !== 'appended' || one.item === null) return
    placed.add()
    bus.publish('stream', { userId: one.item.userId, items: [one.item] })
  }

  function makeOwn(inputs: readonly EventInput[]): readonly NewEvent[] {
    return inputs.map(input => {
      return makeNewEvent(options, input, { keyId: null, idempotencyKey: null, content: () => input })
    })
  }

  async function emitOwn(inputs: readonly EventInput[]): Promise<void> {
    await append(makeOwn(inputs))
  }

  return { emit, emitMany, announce, makeOwn, emitOwn }
}

function isTaken(item: NewEvent | Refused): item is NewEvent {
  return !('error' in item)
}

/** The idempotency key of an event, or why there can be none. */
interface Key {
  readonly key: string | null
  readonly problem?: string
}

function singleKey(header: string | null, field: string | undefined): Key {
  if (header !== null && field !== undefined && header !== field) {
    return { key: null, problem: 'differs from the header Idempotency-Key; send one of them' }
  }
  return header === null ? { key: field ?? null } : checkHeader(header, header)
}

function batchKey(header: string | null, field: string | undefined, place: number): Key {
  return header === null || field !== undefined ? { key: field ?? null } : checkHeader(header, `${header}#${place}`)
}

function checkHeader(header: string, key: string): Key {
  if (header.length > 0 && header.length <= MAX_KEY) return { key }
  return { key: null, problem: `the header Idempotency-Key takes 1 to ${MAX_KEY} characters` }
}

/**
 * What the caller said, to tell a repetition from another event. The key itself is left out, since it may come in the
 * header once and in the field another time; 42 and "42" are the same user.
 */
function callersContent(raw: unknown, input: EventInput): unknown {
  if (typeof raw !== 'object') return raw
  return { ...raw, user_id: input.user_id, idempotency_key: undefined }
}

function toResult(appended: Exclude<Appended, { outcome: 'conflict' }>): EmitResult {
  const { id, plan } = appended
  const seq = appended.outcome === 'appended' ? (appended.item?.seq ?? null) : appended.seq
  return { id, seq, plan, warnings: plan.warnings }
}

function toErrorItem({ error, problems }: Refused): EmitItemResult {
  const { code, message: detail, hint } = error
  return { error: { code, detail, hint, ...(problems === undefined ? {} : { errors: problems }) } }
}

function invalid(problems: readonly EventProblem[]): Refused {
  const first = problems[0]
  const what = first === undefined || first.path === '' ? 'the event' : `\`${first.path}\``
  const message = first === undefined ? 'the event breaks its contract' : `${what}: ${first.message}`
  return { error: new EcError('EC_EVENT_INVALID', message, { details: { errors: problems } }), problems }
}

function conflict(id: string): EcError {
  return new EcError(
    'EC_CONFLICT',
    'the id, the idempotency key or `data.action_id` already stands for another event',
    { details: { id } },
  )
}

function unanswered(): EcError {
  return new EcError('EC_INTERNAL', 'the store gave no answer for an event')
}
