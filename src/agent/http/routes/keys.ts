import { z } from 'zod'
import { LEVELS } from '../../../core/event.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import { KEY_SCOPES } from '../../../core/service-key.ts'
import { noQuery, pageQuery } from '../input.ts'
import { keyView, renderKey } from '../render/key.ts'
import { pageOf } from '../render/page.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf } from './call.ts'

const scope = z.enum(KEY_SCOPES, { error: `takes one of ${KEY_SCOPES.join(', ')}` })
const typePattern = z
  .string()
  .max(128)
  .regex(/^(\*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/, 'takes a type or a pattern, as deploy.*')
const callback = z
  .string()
  .max(2048)
  .refine(text => /^https?:\/\//i.test(text) && URL.canParse(text), 'takes an http or https URL')

export const keyRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/keys',
    summary: 'List service keys',
    allow: ['operator'],
    query: pageQuery,
    body: null,
    reply: { status: 200, schema: pageOf('keys', keyView) },
    async handle(call) {
      const page = await call.api.keys.list(call.query)
      return { body: { keys: page.rows.map(renderKey), next: page.next } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/keys',
    summary: 'Make a service key; it is told in this answer alone',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({
      name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'takes 1 to 64 characters of A-Z a-z 0-9 . _ -'),
      scope: z.array(scope).min(1, `takes at least one of ${KEY_SCOPES.join(', ')}`),
      types: z.array(typePattern).max(100).default([]),
      users: z.array(userIdSchema).max(1000).default([]),
      max_level: z
        .enum(LEVELS, { error: `takes one of ${LEVELS.join(', ')}` })
        .nullable()
        .default(null),
      callback: callback.nullable().default(null),
    }),
    reply: {
      status: 201,
      schema: z.strictObject({ id: z.string(), key: z.string(), callback_secret: z.string().optional() }),
    },
    async handle(call) {
      const { name, scope, types, users, max_level: maxLevel, callback: callbackUrl } = call.body
      const scopes = [...new Set(scope)]
      const made = await call.api.keys.create({ name, scopes, types, users, maxLevel, callbackUrl })
      const { callbackSecret } = made
      const signing = callbackSecret === null ? {} : { callback_secret: callbackSecret }
      return { body: { id: made.key.id, key: made.secret, ...signing } }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/keys/:id',
    summary: 'Revoke a service key',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 204, schema: null },
    async handle(call) {
      await call.api.keys.revoke(paramOf(call, 'id'))
      return {}
    },
  }),
]
