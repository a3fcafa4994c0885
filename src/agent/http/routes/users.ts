import { z } from 'zod'
import { preferencesPatchSchema, preferencesSchema } from '../../../core/preferences-schema.ts'
import { isTimeZone } from '../../../core/time-zone.ts'
import { noQuery, pageQuery } from '../input.ts'
import { engagementView, renderEngagement } from '../render/engagement.ts'
import { pageOf } from '../render/page.ts'
import { renderUser, userView } from '../render/user.ts'
import { defineRoute, type Route } from '../route.ts'
import { subjectOf, userParam } from './call.ts'

const userBody = z.strictObject({
  name: z.string().min(1).max(200).nullable().exactOptional(),
  email: z
    .string()
    .max(254)
    .regex(/^[^\s@]+@[^\s@]+$/, 'takes an e-mail address')
    .nullable()
    .exactOptional(),
  tz: z.string().refine(isTimeZone, 'takes an IANA time zone, as Europe/Madrid').nullable().exactOptional(),
  lang: z
    .string()
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'takes a language tag, as en or pt-BR')
    .nullable()
    .exactOptional(),
})

export const userRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/users',
    summary: 'List users',
    allow: ['operator'],
    query: pageQuery,
    body: null,
    reply: { status: 200, schema: pageOf('users', userView) },
    async handle(call) {
      const page = await call.api.users.list(call.query)
      return { body: { users: page.rows.map(renderUser), next: page.next } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/users/:user',
    summary: 'Show a user',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: userView },
    async handle(call) {
      return { body: renderUser(await call.api.users.get(subjectOf(call, userParam(call)))) }
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/api/users/:user',
    summary: 'Make a user, or change what is named',
    allow: ['operator'],
    query: noQuery,
    body: userBody,
    reply: { status: 200, schema: userView },
    async handle(call) {
      return { body: renderUser(await call.api.users.put({ ...call.body, id: userParam(call) })) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/users/:user/preferences',
    summary: 'What a user wants of the delivery',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: preferencesSchema },
    async handle(call) {
      return { body: await call.api.users.getPreferences(subjectOf(call, userParam(call))) }
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/api/users/:user/preferences',
    summary: 'Change the sections of the preferences that are named',
    allow: ['operator', 'user'],
    query: noQuery,
    body: preferencesPatchSchema,
    reply: { status: 200, schema: preferencesSchema },
    async handle(call) {
      return { body: await call.api.users.putPreferences(subjectOf(call, userParam(call)), call.body) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/users/:user/engagement',
    summary: 'What came of the pushes of a user in the last five weeks, by type',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ engagement: z.array(engagementView) }) },
    async handle(call) {
      const types = await call.api.users.engagement(subjectOf(call, userParam(call)))
      return { body: { engagement: types.map(renderEngagement) } }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/users/:user',
    summary: 'Erase a user with preferences, events, questions, states, traces, devices, sessions and reports',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 204, schema: null },
    async handle(call) {
      await call.api.users.erase(userParam(call))
      return {}
    },
  }),
]
