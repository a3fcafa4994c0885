import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import { noQuery } from '../input.ts'
import { defineRoute, type RawCall, type Route } from '../route.ts'
import { subjectOf } from './call.ts'

const CURSOR = /^[A-Za-z0-9_-]{1,64}\.\d{1,16}$/

export const liveRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/events/stream',
    summary: "A user's stream as server-sent events; `Last-Event-ID` or `cursor` goes on where it was",
    allow: ['operator', 'user'],
    query: z.strictObject({ user: userIdSchema.exactOptional(), cursor: z.string().exactOptional() }),
    body: null,
    reply: { status: 200, schema: null, type: 'text/event-stream' },
    async handle(call) {
      const userId = subjectOf(call, call.query.user)
      const { cursor } = call.query
      if (cursor !== undefined && !CURSOR.test(cursor)) {
        throw new EcError('EC_USAGE', 'a cursor looks like EPOCH.SEQ', { hint: 'leave it out to start at the head' })
      }
      // A browser sends what it last heard at this address, from whomever; it is told that it may have missed something.
      const last = call.request.headers['last-event-id']
      const reader = { userId, expiresAt: call.until, ...loginOf(call) }
      call.api.stream.openEventStream(reader, typeof last === 'string' ? last : (cursor ?? null), call.response)
      return { hijacked: true }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/ws/ticket',
    summary: 'A single-use ticket for /ws',
    allow: ['operator', 'user'],
    query: noQuery,
    body: z.strictObject({ user: userIdSchema.exactOptional() }).optional(),
    reply: { status: 201, schema: z.strictObject({ ticket: z.string(), expires_in_s: z.int() }) },
    async handle(call) {
      const { ticket, expiresInMs } = call.api.identity.issueTicket(
        subjectOf(call, call.body?.user),
        call.login ?? undefined,
      )
      return { body: { ticket, expires_in_s: Math.floor(expiresInMs / 1000) } }
    },
  }),
]

function loginOf({ login }: RawCall): { readonly login?: string } {
  return login === null ? {} : { login }
}
