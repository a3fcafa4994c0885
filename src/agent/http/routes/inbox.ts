import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import { noQuery } from '../input.ts'
import { renderState, stateView } from '../render/event.ts'
import { defineRoute, type Route } from '../route.ts'
import { callerOf, subjectOf } from './call.ts'

/** As many as a message on `/ws` takes. */
const MAX_IDS = 1000
const STATES = ['seen', 'read', 'unread', 'archived', 'unarchived', 'snoozed'] as const

const whose = z.strictObject({ user: userIdSchema.exactOptional() })

/** What a page asks for a whole inbox at once. */
export const inboxRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/inbox',
    summary: 'Whose inbox it is, where its stream stands, and how much is unread',
    allow: ['operator', 'user'],
    query: whose,
    body: null,
    reply: {
      status: 200,
      schema: z.strictObject({
        user: z.string(),
        epoch: z.string(),
        head: z.int(),
        unread: z.strictObject({ total: z.int(), action: z.int() }),
      }),
    },
    async handle(call) {
      const userId = subjectOf(call, call.query.user)
      const { epoch, head, unread } = await call.api.events.inbox(userId)
      return { body: { user: userId, epoch, head, unread } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/inbox/state',
    summary: 'Mark many events; those that are not there, or are in this state already, are passed over',
    allow: ['operator', 'user'],
    query: noQuery,
    body: z.strictObject({
      user: userIdSchema.exactOptional(),
      ids: z.array(z.string().min(1).max(255)).max(MAX_IDS, `takes up to ${MAX_IDS} event ids`),
      state: z.enum(STATES, { error: `takes one of ${STATES.join(', ')}` }),
      until: z.iso.datetime({ offset: true, error: 'takes an RFC 3339 instant' }).exactOptional(),
    }),
    reply: { status: 200, schema: z.strictObject({ items: z.array(stateView) }) },
    async handle(call) {
      const { user, ids, state, until } = call.body
      const userId = subjectOf(call, user)
      if ((state === 'snoozed') !== (until !== undefined)) {
        throw new EcError('EC_FIELD_INVALID', '`until` belongs to the state `snoozed`, which needs it')
      }
      const at = until === undefined ? null : Date.parse(until)
      const items = await call.api.events.changeMany(callerOf(call), ids, userId, state, at)
      return { body: { items: items.map(renderState) } }
    },
  }),
]
