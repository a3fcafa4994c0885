import { z } from 'zod'
import { readSince } from '../input.ts'
import { callReportView, renderCallReport } from '../render/call-report.ts'
import { defineRoute, type Route } from '../route.ts'

export const callRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/calls',
    summary: 'Requests to providers over a span of time, counted; what they saved, and what came of the reads',
    allow: ['operator'],
    query: z.strictObject({ since: z.string().max(40).default('24h') }),
    body: null,
    reply: { status: 200, schema: callReportView },
    async handle(call) {
      const since = readSince(call.query.since, call.now)
      return { body: renderCallReport(await call.api.house.reportCalls(since), since) }
    },
  }),
]
