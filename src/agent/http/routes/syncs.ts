import { z } from 'zod'
import { noQuery, pageQuery, readSince } from '../input.ts'
import { jobReply, renderJobId } from '../render/job.ts'
import { pageOf } from '../render/page.ts'
import { renderSyncRun, syncRunView } from '../render/sync.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf } from './call.ts'

export const syncRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/api/resources/:id/sync',
    summary: 'Read what has changed at the provider, or everything, as soon as may be',
    allow: ['operator'],
    query: noQuery,
    body: z
      .strictObject({
        full: z.boolean({ error: 'takes true or false' }).default(false),
        confirm_deletion: z.boolean({ error: 'takes true or false' }).default(false),
      })
      .prefault({}),
    reply: { status: 202, schema: jobReply },
    async handle(call) {
      const { full, confirm_deletion: confirmDeletion } = call.body
      return { body: renderJobId(await call.api.sync.sync(paramOf(call, 'id'), { full, confirmDeletion })) }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/resources/:id/watch',
    summary: 'Subscribe anew, whatever failed before',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 202, schema: jobReply },
    async handle(call) {
      return { body: renderJobId(await call.api.sync.watch(paramOf(call, 'id'))) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/syncs',
    summary: 'List reads of resources that have ended, well or not',
    allow: ['operator'],
    query: pageQuery.extend({
      resource: z.string().min(1).max(64).exactOptional(),
      since: z.string().max(40).exactOptional(),
    }),
    body: null,
    reply: { status: 200, schema: pageOf('syncs', syncRunView) },
    async handle(call) {
      const { resource, since, ...rest } = call.query
      const page = await call.api.sync.runs({
        ...rest,
        ...(resource === undefined ? {} : { resourceId: resource }),
        ...(since === undefined ? {} : { since: readSince(since, call.now) }),
      })
      return { body: { syncs: page.rows.map(renderSyncRun), next: page.next } }
    },
  }),
]
