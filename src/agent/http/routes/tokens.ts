import { z } from 'zod'
import { userIdSchema } from '../../../core/event-schema.ts'
import { noQuery } from '../input.ts'
import { instant, renderInstant } from '../render/instant.ts'
import { defineRoute, type Route } from '../route.ts'

const DEFAULT_TTL_S = 3600
/** A token cannot be called back, so it must not outlive its errand by much. */
const MAX_TTL_S = 30 * 24 * 3600

export const tokenRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/api/tokens',
    summary: 'A token that reads and answers as a user',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({
      user: userIdSchema,
      ttl_s: z
        .int({ error: `takes seconds, 1 to ${MAX_TTL_S}` })
        .min(1, `takes seconds, 1 to ${MAX_TTL_S}`)
        .max(MAX_TTL_S, `takes seconds, 1 to ${MAX_TTL_S}`)
        .default(DEFAULT_TTL_S),
    }),
    reply: { status: 201, schema: z.strictObject({ token: z.string(), expires_at: instant }) },
    async handle(call) {
      const { user, ttl_s } = call.body
      const { token, expiresAt } = await call.api.identity.issueToken(user, ttl_s * 1000)
      return { body: { token, expires_at: renderInstant(expiresAt) } }
    },
  }),
]
