import { z } from 'zod'
import { JOB_STATES } from '../../../core/job.ts'
import { noQuery } from '../input.ts'
import { checkView } from '../render/check.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf } from './call.ts'

const featuresView = z.strictObject({ features: z.record(z.string(), z.boolean()) })
const statusView = z.strictObject({
  instance: z.string(),
  version: z.string(),
  epoch: z.string(),
  uptime_s: z.number(),
  url: z.string(),
  public_url: z.string().nullable(),
  inbox: z.string(),
  sandbox: z.boolean(),
  public_port: z.int().nullable(),
  clients: z.int(),
  resources: z.int().nullable(),
  jobs: z.record(z.enum(JOB_STATES), z.int()),
  checks: z.array(checkView),
})
const fileBody = z.strictObject({ file: z.string().min(1).max(4096) })

export const houseRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/status',
    summary: 'How the agent is doing',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: statusView },
    async handle(call) {
      return { body: await call.api.house.status() }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/checks',
    summary: 'Every diagnostic with its next step',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ checks: z.array(checkView) }) },
    async handle(call) {
      return { body: { checks: await call.api.house.checks() } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/checks/public',
    summary: 'Look for this agent through its public URL',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ checks: z.array(checkView) }) },
    async handle(call) {
      return { body: { checks: await call.api.house.checkPublicUrl() } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/features',
    summary: 'What is switched on',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: featuresView },
    async handle(call) {
      return { body: { features: await call.api.house.features() } }
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/api/features/:name',
    summary: 'Switch a feature on or off',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({ on: z.boolean({ error: 'takes true or false' }) }),
    reply: { status: 200, schema: featuresView },
    async handle(call) {
      await call.api.house.setFeature(paramOf(call, 'name'), call.body.on)
      return { body: { features: await call.api.house.features() } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/backup',
    summary: 'Copy the running store into a file on this machine',
    allow: ['operator'],
    // Both name files of this machine, which a key from afar has no business with.
    door: 'socket',
    query: noQuery,
    body: fileBody,
    reply: { status: 200, schema: fileBody },
    async handle(call) {
      await call.api.house.backup(call.body.file)
      return { body: { file: call.body.file } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/restore',
    summary: 'Put a backup in the place of the store; the old one is kept',
    allow: ['operator'],
    door: 'socket',
    query: noQuery,
    body: fileBody,
    reply: { status: 200, schema: z.strictObject({ kept: z.string() }) },
    async handle(call) {
      return { body: { kept: await call.api.house.restore(call.body.file) } }
    },
  }),
]
