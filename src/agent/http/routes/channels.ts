import { z } from 'zod'
import { CHANNELS } from '../../../core/event.ts'
import { noQuery } from '../input.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf } from './call.ts'

const channelView = z.strictObject({
  name: z.string(),
  channel: z.enum(CHANNELS),
  users: z.array(z.string()).readonly().nullable(),
  types: z.array(z.string()).readonly().nullable(),
  state: z.enum(['on', 'off', 'broken']),
  detail: z.string().nullable(),
})

export const channelRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/channels',
    summary: 'The ways that events go: each channel, and of those that the operator sets up each command and webhook',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ channels: z.array(channelView).readonly() }) },
    async handle(call) {
      return { body: { channels: await call.api.channels.list() } }
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/api/channels/:name',
    summary: 'Switch a command or webhook on or off',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({ on: z.boolean({ error: 'takes true or false' }) }),
    reply: { status: 200, schema: channelView },
    async handle(call) {
      return { body: await call.api.channels.switch(paramOf(call, 'name'), call.body.on) }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/channels/:name/test',
    summary: 'Give a command or webhook a test event now, and say what came of it',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({}),
    reply: {
      status: 200,
      schema: z.strictObject({
        name: z.string(),
        outcome: z.enum(['delivered', 'retry', 'gone', 'rejected']),
        reason: z.string().nullable(),
        ms: z.int(),
      }),
    },
    async handle(call) {
      return { body: await call.api.channels.test(paramOf(call, 'name')) }
    },
  }),
]
