import { z } from 'zod'
import { JOB_STATES } from '../../../core/job.ts'
import { HEALTH_STATES } from '../../../core/resource.ts'
import { SYNC_MODES, SYNC_TYPES } from '../../../core/sync.ts'
import type { SyncView } from '../api.ts'
import { noQuery } from '../input.ts'
import { instant, renderInstantOrNull } from '../render/instant.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf, userParam } from './call.ts'

const statusView = z.strictObject({
  resource: z.string(),
  provider: z.string(),
  name: z.string(),
  state: z.enum(HEALTH_STATES),
  paused: z.boolean(),
  mode: z.enum(SYNC_MODES),
  because: z.string(),
  subscription: z.string().nullable(),
  expires_at: instant.nullable(),
  renew_at: instant.nullable(),
  failure_count: z.int(),
  last_sync_at: instant.nullable(),
  last_sync_type: z.enum(SYNC_TYPES).nullable(),
})

/** As many resources of one user as are told. */
const PAGE = 1_000

/**
 * What is asked under the names of the system before this one, where a task is a job. They stand beside the paths that
 * providers post to, and are the operator's alone: `front.ts` tells the two apart.
 */
export const olderRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/webhook/setup/:user',
    summary: 'Older name: subscribe to everything of a user that can be watched',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: {
      status: 202,
      schema: z.strictObject({ tasks: z.array(z.strictObject({ task_id: z.string(), resource: z.string() })) }),
    },
    async handle(call) {
      const tasks = await call.api.sync.setUpUser(userParam(call))
      return { body: { tasks: tasks.map(({ jobId, resourceId }) => ({ task_id: jobId, resource: resourceId })) } }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/webhook/unsubscribe/:id',
    summary: 'Older name: stop a webhook subscription',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 202, schema: z.strictObject({ task_id: z.string() }) },
    async handle(call) {
      return { body: { task_id: (await call.api.sync.stop(paramOf(call, 'id'))).jobId } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/webhook/status/:user',
    summary: 'Older name: how each resource of a user learns of changes',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ user: z.string(), resources: z.array(statusView) }) },
    async handle(call) {
      const userId = userParam(call)
      const { rows } = await call.api.sync.list({ userId, limit: PAGE, after: '0' })
      return { body: { user: userId, resources: rows.map(renderStatus) } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/webhook/task-status/:id',
    summary: 'Older name: how far a task is; a task is a job',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: {
      status: 200,
      schema: z.strictObject({
        task_id: z.string(),
        state: z.enum(JOB_STATES),
        attempt: z.int(),
        error: z.string().nullable(),
      }),
    },
    async handle(call) {
      const { id, state, attempt, error } = await call.api.jobs.get(paramOf(call, 'id'))
      return { body: { task_id: id, state, attempt, error } }
    },
  }),
]

function renderStatus(view: SyncView): z.infer<typeof statusView> {
  const { resource, state, mode, because, subscription, renewAt } = view
  return {
    resource: resource.id,
    provider: resource.provider,
    name: resource.name,
    state: resource.state,
    paused: resource.paused,
    mode,
    because,
    subscription: subscription?.id ?? null,
    expires_at: renderInstantOrNull(subscription?.expiresAt ?? null),
    renew_at: renderInstantOrNull(renewAt),
    failure_count: state.failureCount,
    last_sync_at: renderInstantOrNull(state.lastSyncAt),
    last_sync_type: state.lastSyncType,
  }
}
