import { z } from 'zod'
import { userIdSchema } from '../../../core/event-schema.ts'
import { SUBSCRIPTION_STATES } from '../../../core/subscription.ts'
import { noQuery, pageQuery } from '../input.ts'
import { jobReply, renderJobId } from '../render/job.ts'
import { pageOf } from '../render/page.ts'
import { renderSubscription, subscriptionView } from '../render/subscription.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf, subjectOf, userParam } from './call.ts'

const state = z.enum(SUBSCRIPTION_STATES, { error: `takes one of ${SUBSCRIPTION_STATES.join(', ')}` })

export const subscriptionRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/subscriptions',
    summary: 'List webhook subscriptions: what providers were asked to tell us of',
    allow: ['operator'],
    query: pageQuery.extend({
      resource: z.string().min(1).max(64).exactOptional(),
      user: userIdSchema.exactOptional(),
      state: state.exactOptional(),
    }),
    body: null,
    reply: { status: 200, schema: pageOf('subscriptions', subscriptionView) },
    async handle(call) {
      const { resource, user, ...rest } = call.query
      const page = await call.api.sync.subscriptions({
        ...rest,
        ...(resource === undefined ? {} : { resourceId: resource }),
        ...(user === undefined ? {} : { userId: user }),
      })
      return { body: { subscriptions: page.rows.map(renderSubscription), next: page.next } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/users/:user/subscriptions',
    summary: 'The webhook subscriptions of a user',
    allow: ['operator', 'user'],
    query: pageQuery.extend({ state: state.exactOptional() }),
    body: null,
    reply: { status: 200, schema: pageOf('subscriptions', subscriptionView) },
    async handle(call) {
      const userId = subjectOf(call, userParam(call))
      const page = await call.api.sync.subscriptions({ ...call.query, userId })
      return { body: { subscriptions: page.rows.map(renderSubscription), next: page.next } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/subscriptions/:id',
    summary: 'Show a webhook subscription',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: subscriptionView },
    async handle(call) {
      return { body: renderSubscription(await call.api.sync.subscription(paramOf(call, 'id'))) }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/subscriptions/:id/renew',
    summary: 'Replace a subscription by a new one, or extend it, now',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 202, schema: jobReply },
    async handle(call) {
      return { body: renderJobId(await call.api.sync.renew(paramOf(call, 'id'))) }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/subscriptions/:id',
    summary: 'Stop a subscription at its provider; the resource is polled until it is watched again',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 202, schema: jobReply },
    async handle(call) {
      return { body: renderJobId(await call.api.sync.stop(paramOf(call, 'id'))) }
    },
  }),
]
