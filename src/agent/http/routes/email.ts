import { z } from 'zod'
import { userIdSchema } from '../../../core/event-schema.ts'
import { noQuery, pageQuery } from '../input.ts'
import { pageOf } from '../render/page.ts'
import { renderSuppressed, suppressedView } from '../render/suppressed.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf } from './call.ts'

const OUTCOMES = ['delivered', 'retry', 'gone', 'rejected', 'bad_address', 'our_trouble'] as const

export const emailRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/api/email/test',
    summary: 'Send a test mail to a user now, and say what the mail server answered',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({ user: userIdSchema }),
    reply: {
      status: 200,
      schema: z.strictObject({
        user: z.string(),
        address: z.string(),
        outcome: z.enum(OUTCOMES),
        reason: z.string().nullable(),
      }),
    },
    async handle(call) {
      return { body: await call.api.email.test(call.body.user) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/email/suppressed',
    summary: 'List the addresses that take no mail any more',
    allow: ['operator'],
    query: pageQuery,
    body: null,
    reply: { status: 200, schema: pageOf('suppressed', suppressedView) },
    async handle(call) {
      const { rows, next } = await call.api.email.suppressed(call.query)
      return { body: { suppressed: rows.map(renderSuppressed), next } }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/email/suppressed/:address',
    summary: 'Send to an address again',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 204, schema: null },
    async handle(call) {
      await call.api.email.lift(paramOf(call, 'address'))
      return {}
    },
  }),
]
