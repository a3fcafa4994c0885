import { z } from 'zod'
import { userIdSchema } from '../../../core/event-schema.ts'
import { noQuery, pageQuery } from '../input.ts'
import { accountView, renderAccount, renderStep, stepView } from '../render/account.ts'
import { pageOf } from '../render/page.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf } from './call.ts'

const family = z.string().regex(/^[a-z0-9-]{1,40}$/, 'takes the name of a family, as google')
const providers = z
  .array(z.string().regex(/^[a-z0-9-]{1,40}$/))
  .min(1)
  .max(10)
const short = z.string().min(1).max(2048)
const settings = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'takes names as project'), z.string().max(2048))
  .refine(value => Object.keys(value).length <= 50, 'takes at most 50 settings')

/** What begins and ends a sign-in alike. */
const common = { family, providers, setup: z.boolean().default(false), client_id: short.nullable().default(null) }

const discovery = z.strictObject({
  provider: z.string(),
  target: z.string(),
  name: z.string(),
  primary: z.boolean(),
  watchable: z.boolean(),
  role: z.string().nullable(),
  /** The resource that it is watched by. */
  resource: z.string().nullable(),
  /** Another account of the user's by which the same is watched: it is read once. */
  through: z.string().nullable(),
})

/** Who is signed in where. The browser's part of a sign-in is the caller's. */
export const accountRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/accounts',
    summary: 'List accounts',
    allow: ['operator'],
    query: pageQuery.extend({ user: userIdSchema.exactOptional(), family: family.exactOptional() }),
    body: null,
    reply: { status: 200, schema: pageOf('accounts', accountView) },
    async handle(call) {
      const { user, ...rest } = call.query
      const page = await call.api.accounts.list({ ...rest, ...(user === undefined ? {} : { userId: user }) })
      return { body: { accounts: page.rows.map(renderAccount), next: page.next } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/accounts/begin',
    summary: 'Begin a sign-in: the page to open, which leads back to `redirect_uri` with a code',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({
      ...common,
      redirect_uri: z.url(),
      state: short,
      challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'takes the S256 of a verifier, in base64url'),
      login_hint: z.string().max(320).nullable().default(null),
    }),
    reply: {
      status: 200,
      schema: z.strictObject({ url: z.string(), client_id: z.string(), scopes: z.array(z.string()) }),
    },
    async handle(call) {
      const { client_id: clientId, redirect_uri: redirectUri, login_hint: loginHint, ...rest } = call.body
      const begun = await call.api.accounts.begin({ ...rest, clientId, redirectUri, loginHint })
      return { body: { url: begun.url, client_id: begun.clientId, scopes: begun.scopes } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/accounts/finish',
    summary: 'Finish a sign-in with the code; the same person again is the same account',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({
      ...common,
      user: userIdSchema,
      client_secret: short.nullable().default(null),
      code: short,
      verifier: z.string().regex(/^[A-Za-z0-9._~-]{43,128}$/, 'takes a verifier of RFC 7636'),
      redirect_uri: z.url(),
    }),
    reply: { status: 201, schema: accountView },
    async handle(call) {
      const {
        user: userId,
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uri: redirectUri,
        ...rest
      } = call.body
      const account = await call.api.accounts.finish({ ...rest, userId, clientId, clientSecret, redirectUri })
      return { headers: { location: `/api/accounts/${account.id}` }, body: renderAccount(account) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/accounts/:id',
    summary: 'Show an account; its tokens are shown to nobody',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: accountView },
    async handle(call) {
      return { body: renderAccount(await call.api.accounts.get(paramOf(call, 'id'))) }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/accounts/:id',
    summary: 'Stop what an account watches, end its consent, and remove it with its resources',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ id: z.string(), revoked: z.boolean() }) },
    async handle(call) {
      const id = paramOf(call, 'id')
      return { body: { id, ...(await call.api.accounts.remove(id)) } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/accounts/:id/discover',
    summary: 'What of an account could be watched, as the service says now',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ found: z.array(discovery) }) },
    async handle(call) {
      const found = await call.api.accounts.discover(paramOf(call, 'id'))
      return { body: { found: found.map(({ resourceId: resource, ...rest }) => ({ ...rest, resource })) } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/accounts/:id/setup',
    summary: 'How far the setup of an account has come at the service; changes nothing',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({ settings: settings.default({}) }),
    reply: { status: 200, schema: z.strictObject({ steps: z.array(stepView) }) },
    async handle(call) {
      const steps = await call.api.accounts.checkSetup(paramOf(call, 'id'), call.body.settings)
      return { body: { steps: steps.map(renderStep) } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/accounts/:id/setup/:step',
    summary: 'Do one step of the setup, unless nothing is to be done',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({ settings: settings.default({}) }),
    reply: { status: 200, schema: stepView },
    async handle(call) {
      const [id, step] = [paramOf(call, 'id'), paramOf(call, 'step')]
      return { body: renderStep(await call.api.accounts.doSetup(id, step, call.body.settings)) }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/accounts/:id/setup/:step',
    summary: 'Take back what one step of the setup made, and nothing that was there before',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: stepView },
    async handle(call) {
      return { body: renderStep(await call.api.accounts.undoSetup(paramOf(call, 'id'), paramOf(call, 'step'))) }
    },
  }),
]
