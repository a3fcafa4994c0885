import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { EVENT_LIST_STATES, LEVELS, type EventState } from '../../../core/event.ts'
import { userIdSchema, type EventProblem } from '../../../core/event-schema.ts'
import type { EmitItemResult } from '../api.ts'
import { noQuery, pageQuery } from '../input.ts'
import { Ndjson, type NdjsonLine } from '../ndjson.ts'
import { eventView, renderEvent, renderState, stateView } from '../render/event.ts'
import { pageOf } from '../render/page.ts'
import { defineRoute, type Call, type RawCall, type Reply, type Route } from '../route.ts'
import { callerOf, paramOf } from './call.ts'

const MAX_KEY = 255

const planView = z.strictObject({
  steps: z.array(
    z.strictObject({
      channel: z.string(),
      action: z.string(),
      reason: z.string(),
      until: z.string().optional(),
      about: z.string().optional(),
    }),
  ),
  rule: z.string(),
  warnings: z.array(z.string()),
  inbox: z.boolean(),
})
const emittedView = z.strictObject({
  id: z.string(),
  seq: z.int().nullable(),
  plan: planView,
  warnings: z.array(z.string()),
})
const problemView = z.strictObject({ path: z.string(), message: z.string() })
const failedView = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    detail: z.string(),
    hint: z.string(),
    errors: z.array(problemView).optional(),
  }),
})
const batchView = z.strictObject({
  results: z.array(z.union([emittedView, failedView])),
  accepted: z.int(),
  rejected: z.int(),
})
const explanationView = z.strictObject({
  id: z.string(),
  user: z.string(),
  plan: planView,
  trace: z.array(z.looseObject({ at: z.string(), step: z.string() })),
  sentences: z.array(z.string()),
})
const changedView = z.strictObject({ items: z.array(stateView) })

const listQuery = pageQuery.extend({
  user: userIdSchema.exactOptional(),
  type: z.string().min(1).max(128).exactOptional(),
  service: z.string().min(1).max(MAX_KEY).exactOptional(),
  level: z.enum(LEVELS, { error: `takes one of ${LEVELS.join(', ')}` }).exactOptional(),
  state: z.enum(EVENT_LIST_STATES, { error: `takes one of ${EVENT_LIST_STATES.join(', ')}` }).exactOptional(),
  q: z.string().min(1).max(200).exactOptional(),
})
/** Several users may have an event of the same id; `user` says whose is meant. */
const oneQuery = z.strictObject({ user: userIdSchema.exactOptional() })

const emitBody = z.unknown().meta({ anyOf: [{ $ref: '#/components/schemas/Event' }, { type: 'array', maxItems: 500 }] })

export const eventRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/api/events',
    summary: 'Emit one event, an array of events, or NDJSON',
    allow: ['operator', 'emit'],
    query: noQuery,
    body: emitBody,
    reply: { status: 202, schema: z.union([emittedView, batchView]) },
    handle: emit,
  }),
  defineRoute({
    method: 'POST',
    path: '/events',
    summary: 'The same as POST /api/events',
    allow: ['operator', 'emit'],
    query: noQuery,
    body: emitBody,
    reply: { status: 202, schema: z.union([emittedView, batchView]) },
    handle: emit,
  }),
  defineRoute({
    method: 'GET',
    path: '/api/events',
    summary: 'List events',
    allow: ['operator', 'user', 'read'],
    query: listQuery,
    body: null,
    reply: { status: 200, schema: pageOf('events', eventView) },
    async handle(call) {
      const { user, ...rest } = call.query
      const query = { ...rest, ...(user === undefined ? {} : { userId: user }) }
      const page = await call.api.events.list(callerOf(call), query)
      return { body: { events: page.rows.map(row => renderEvent(row, call.now)), next: page.next } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/events/:id',
    summary: 'Show an event',
    allow: ['operator', 'user', 'read'],
    query: oneQuery,
    body: null,
    reply: { status: 200, schema: eventView },
    async handle(call) {
      const event = await call.api.events.get(callerOf(call), paramOf(call, 'id'), call.query.user ?? null)
      return { body: renderEvent(event, call.now) }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/events/:id',
    summary: 'Retract an event',
    allow: ['operator', 'emit'],
    query: oneQuery,
    body: null,
    reply: { status: 200, schema: changedView },
    handle: call => change(call, call.query.user, 'retracted', null),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/events/:id/trace',
    summary: 'Explain what became of an event, and why',
    allow: ['operator', 'user', 'read'],
    query: oneQuery,
    body: null,
    reply: { status: 200, schema: explanationView },
    async handle(call) {
      const found = await call.api.events.trace(callerOf(call), paramOf(call, 'id'), call.query.user ?? null)
      const { id, userId: user, plan, trace, sentences } = found
      return { body: { id, user, plan, trace, sentences } }
    },
  }),
  stateRoute('seen', 'seen'),
  stateRoute('read', 'read'),
  stateRoute('unread', 'unread'),
  stateRoute('archive', 'archived'),
  defineRoute({
    method: 'POST',
    path: '/api/events/:id/snooze',
    summary: 'Put an event away until an instant',
    allow: ['operator', 'user'],
    query: oneQuery,
    body: z.strictObject({ until: z.iso.datetime({ offset: true, error: 'takes an RFC 3339 instant' }) }),
    reply: { status: 200, schema: changedView },
    handle: call => change(call, call.query.user, 'snoozed', Date.parse(call.body.until)),
  }),
]

function stateRoute(verb: string, state: EventState): Route {
  return defineRoute({
    method: 'POST',
    path: `/api/events/:id/${verb}`,
    summary: `Mark an event as ${state}`,
    allow: ['operator', 'user'],
    query: oneQuery,
    body: null,
    reply: { status: 200, schema: changedView },
    handle: call => change(call, call.query.user, state, null),
  })
}

async function change(
  call: RawCall,
  user: string | undefined,
  state: EventState,
  until: number | null,
): Promise<Reply> {
  const items = await call.api.events.change(callerOf(call), paramOf(call, 'id'), user ?? null, state, until)
  return { body: { items: items.map(renderState) } }
}

async function emit(call: Call<unknown, unknown>): Promise<Reply> {
  const { body } = call
  if (body instanceof Ndjson) return await emitBatch(call, body.lines)
  if (Array.isArray(body)) {
    checkCount(body.length, call.limits.batchEvents)
    return await emitBatch(
      call,
      body.map((value: unknown) => ({ value })),
    )
  }
  return { body: await call.api.events.emit(callerOf(call), body, idempotencyKey(call)) }
}

async function emitBatch(call: RawCall, lines: readonly NdjsonLine[]): Promise<Reply> {
  checkCount(lines.length, call.limits.batchEvents)
  const raws = lines.flatMap(line => ('value' in line ? [line.value] : []))
  const emitted = await call.api.events.emitMany(callerOf(call), raws, idempotencyKey(call))
  const rest = emitted.values()
  const results = lines.map(line => ('value' in line ? nextOf(rest) : unreadable(line.error)))
  const accepted = results.filter(result => !('error' in result)).length
  const body = { results, accepted, rejected: results.length - accepted }
  if (accepted > 0) return { body }
  throw new EcError('EC_EVENT_INVALID', 'none of the events is valid', {
    hint: 'mend the fields named in `results`',
    details: body,
  })
}

function nextOf(results: Iterator<EmitItemResult>): EmitItemResult {
  const next = results.next()
  if (next.done === true) throw new EcError('EC_INTERNAL', 'fewer results than events')
  return next.value
}

function unreadable(error: EcError): EmitItemResult {
  return { error: { code: error.code, detail: error.message, hint: error.hint } }
}

function checkCount(count: number, most: number): void {
  const errors: EventProblem[] = [{ path: '', message: `takes 1 to ${most} events at once` }]
  if (count >= 1 && count <= most) return
  throw new EcError('EC_EVENT_INVALID', `the batch has ${count} events; it takes 1 to ${most}`, { details: { errors } })
}

function idempotencyKey(call: RawCall): string | null {
  const key = call.request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key === 'string' && key.length >= 1 && key.length <= MAX_KEY) return key
  throw new EcError('EC_USAGE', `Idempotency-Key takes 1 to ${MAX_KEY} characters`)
}
