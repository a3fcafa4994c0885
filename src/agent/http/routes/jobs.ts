import { z } from 'zod'
import { JOB_KINDS, JOB_STATES } from '../../../core/job.ts'
import { noQuery, pageQuery } from '../input.ts'
import { jobView, renderJob } from '../render/job.ts'
import { pageOf } from '../render/page.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf } from './call.ts'

export const jobRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/jobs',
    summary: 'List jobs; dead ones are those whose last attempt failed',
    allow: ['operator'],
    query: pageQuery.extend({
      kind: z.enum(JOB_KINDS, { error: `takes one of ${JOB_KINDS.join(', ')}` }).exactOptional(),
      state: z.enum(JOB_STATES, { error: `takes one of ${JOB_STATES.join(', ')}` }).exactOptional(),
      group: z.string().min(1).max(200).exactOptional(),
    }),
    body: null,
    reply: { status: 200, schema: pageOf('jobs', jobView) },
    async handle(call) {
      const page = await call.api.jobs.list(call.query)
      return { body: { jobs: page.rows.map(renderJob), next: page.next } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/jobs/:id',
    summary: 'Show a job',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: jobView },
    async handle(call) {
      return { body: renderJob(await call.api.jobs.get(paramOf(call, 'id'))) }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/jobs/:id/retry',
    summary: 'Give a dead job a fresh set of attempts',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 202, schema: jobView },
    async handle(call) {
      return { body: renderJob(await call.api.jobs.retry(paramOf(call, 'id'))) }
    },
  }),
]
