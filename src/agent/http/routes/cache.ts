import { z } from 'zod'
import { defineRoute, type Route } from '../route.ts'

const prefixQuery = z.strictObject({ prefix: z.string().max(400).default('') })

export const cacheRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/cache',
    summary: 'The keys of what is cached, and how long each is kept',
    allow: ['operator'],
    query: prefixQuery,
    body: null,
    reply: {
      status: 200,
      schema: z.strictObject({ entries: z.array(z.strictObject({ key: z.string(), expires_in_ms: z.number() })) }),
    },
    async handle(call) {
      const entries = await call.api.cache.list(call.query.prefix)
      return { body: { entries: entries.map(({ key, expiresInMs }) => ({ key, expires_in_ms: expiresInMs })) } }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/cache',
    summary: 'Forget what is cached, all or what begins with a prefix; it is worked out again when it is asked for',
    allow: ['operator'],
    query: prefixQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ cleared: z.int() }) },
    async handle(call) {
      return { body: { cleared: await call.api.cache.clear(call.query.prefix) } }
    },
  }),
]
