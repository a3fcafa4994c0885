import { z } from 'zod'
import { CALL_CAUSES } from '../../../core/api-call.ts'
import { readSince } from '../input.ts'
import { instant, renderInstant } from '../render/instant.ts'
import { defineRoute, type Route } from '../route.ts'

const callView = z.strictObject({
  provider: z.string(),
  account: z.string(),
  operation: z.string(),
  cause: z.enum(CALL_CAUSES),
  calls: z.int(),
  retries: z.int(),
  failures: z.int(),
})

export const callRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/calls',
    summary: 'Requests to providers, counted over a span of time',
    allow: ['operator'],
    query: z.strictObject({ since: z.string().max(40).default('24h') }),
    body: null,
    reply: { status: 200, schema: z.strictObject({ since: instant, calls: z.array(callView) }) },
    async handle(call) {
      const since = readSince(call.query.since, call.now)
      return { body: { since: renderInstant(since), calls: await call.api.house.sumCalls(since) } }
    },
  }),
]
