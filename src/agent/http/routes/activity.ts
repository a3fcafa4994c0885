import { noQuery } from '../input.ts'
import { defineRoute, type Route } from '../route.ts'

export const activityRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/activity',
    summary: 'What the whole agent does, as server-sent events; `Last-Event-ID` goes on where it was',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: null, type: 'text/event-stream' },
    async handle(call) {
      const cursor = call.request.headers['last-event-id']
      await call.api.activity.follow(typeof cursor === 'string' && cursor !== '' ? cursor : null, call.response)
      return { hijacked: true }
    },
  }),
]
