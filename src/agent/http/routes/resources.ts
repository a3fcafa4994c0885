import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import type { Resource } from '../../../core/resource.ts'
import { noQuery, pageQuery } from '../input.ts'
import { pageOf } from '../render/page.ts'
import { renderResource, resourceView } from '../render/resource.ts'
import { defineRoute, type RawCall, type Route } from '../route.ts'
import { paramOf } from './call.ts'

const provider = z.string().regex(/^[a-z0-9-]{1,40}$/, 'takes the name of a provider, as github')
const name = z.string().min(1).max(200)
const settings = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'takes names as channel_id'), z.string().max(2048))
  .refine(value => Object.keys(value).length <= 50, 'takes at most 50 settings')
/** A key shorter than this can be guessed from one signed body; a long one may be a private key. */
const secret = z.string().min(8, 'takes at least 8 characters').max(8192)

/** The largest webhook that any provider sends, in base64, and what stands around it. */
const SIGN_BYTES = 36 * 1024 * 1024

export const resourceRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/resources',
    summary: 'List resources',
    allow: ['operator'],
    query: pageQuery.extend({ provider: provider.exactOptional(), user: userIdSchema.exactOptional() }),
    body: null,
    reply: { status: 200, schema: pageOf('resources', resourceView) },
    async handle(call) {
      const { user, ...rest } = call.query
      const page = await call.api.resources.list({ ...rest, ...(user === undefined ? {} : { userId: user }) })
      return { body: { resources: await Promise.all(page.rows.map(row => render(call, row))), next: page.next } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/resources',
    summary: 'Add a resource; a secret that ec made is told in this answer alone, and null asks for none',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({
      provider,
      user: userIdSchema,
      name: name.exactOptional(),
      settings: settings.default({}),
      secret: secret.nullable().exactOptional(),
      account: z.string().min(1).max(64).exactOptional(),
      target: z.string().min(1).max(1024).exactOptional(),
    }),
    reply: { status: 201, schema: resourceView.extend({ secret: z.string().optional() }) },
    async handle(call) {
      const { user, name = null, account: accountId, target, ...rest } = call.body
      const source = readSource(accountId, target)
      const made = await call.api.resources.add({ ...rest, ...source, userId: user, name })
      const body = { ...(await render(call, made.resource)), ...(made.secret === null ? {} : { secret: made.secret }) }
      return { headers: { location: `/api/resources/${made.resource.id}` }, body }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/resources/:id',
    summary: 'Show a resource',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: resourceView },
    async handle(call) {
      return { body: await render(call, await call.api.resources.get(paramOf(call, 'id'))) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/resources/:id/secret',
    summary: 'Show the token that the service sent in its handshake, as Notion does; it is to be pasted there',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ id: z.string(), secret: z.string() }) },
    async handle(call) {
      const id = paramOf(call, 'id')
      return {
        headers: { 'cache-control': 'no-store' },
        body: { id, secret: await call.api.resources.revealSecret(id) },
      }
    },
  }),
  defineRoute({
    method: 'PATCH',
    path: '/api/resources/:id',
    summary: "Change a resource's name, settings or secret; a secret that ec made is told in this answer alone",
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({
      name: name.exactOptional(),
      settings: settings.exactOptional(),
      secret: secret.exactOptional(),
      new_secret: z.boolean().default(false),
      keep_secret: z.boolean().default(false),
    }),
    reply: { status: 200, schema: resourceView.extend({ secret: z.string().optional() }) },
    async handle(call) {
      const { new_secret: newSecret, keep_secret: keepSecret, ...rest } = call.body
      const done = await call.api.resources.change(paramOf(call, 'id'), { ...rest, newSecret, keepSecret })
      return {
        body: { ...(await render(call, done.resource)), ...(done.secret === null ? {} : { secret: done.secret }) },
      }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/resources/:id',
    summary: 'Remove a resource',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 204, schema: null },
    async handle(call) {
      await call.api.resources.remove(paramOf(call, 'id'))
      return {}
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/resources/:id/sign',
    summary: 'Sign a request as its provider would, for replay; tells headers to set, never the secret',
    allow: ['operator'],
    bodyBytes: SIGN_BYTES,
    query: noQuery,
    body: z.strictObject({
      method: z.string().regex(/^[A-Z]{1,20}$/, 'takes a method, as POST'),
      path: z.string().startsWith('/').max(8192),
      headers: z.record(z.string().max(256), z.string().max(8192)),
      body_base64: z.base64(),
    }),
    reply: {
      status: 200,
      schema: z.strictObject({ headers: z.record(z.string(), z.string()), body_base64: z.string() }),
    },
    async handle(call) {
      const { method, path: url, headers, body_base64: base64 } = call.body
      const request = { method, url, headers, body: Buffer.from(base64, 'base64') }
      const signed = await call.api.resources.sign(paramOf(call, 'id'), request)
      return { body: { headers: signed.headers, body_base64: Buffer.from(signed.body).toString('base64') } }
    },
  }),
  pauseRoute('pause', true, 'Keep what comes for a resource, without processing it'),
  pauseRoute('resume', false, 'Process again, beginning with what came meanwhile'),
]

/** What of an account it is, where it is to be read. */
function readSource(accountId: string | undefined, target: string | undefined) {
  if (accountId === undefined && target === undefined) return {}
  if (accountId !== undefined && target !== undefined) return { source: { accountId, target } }
  const missing = accountId === undefined ? 'account' : 'target'
  throw new EcError('EC_FIELD_INVALID', `\`${missing}\` lacks: an account and what of it is watched go together`, {
    details: { errors: [{ path: missing, message: 'lacks' }] },
  })
}

function pauseRoute(verb: string, paused: boolean, summary: string): Route {
  return defineRoute({
    method: 'POST',
    path: `/api/resources/:id/${verb}`,
    summary,
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: resourceView },
    async handle(call) {
      return { body: await render(call, await call.api.resources.update(paramOf(call, 'id'), { paused })) }
    },
  })
}

async function render(call: RawCall, resource: Resource): Promise<z.infer<typeof resourceView>> {
  const sync = resource.accountId === null ? null : await call.api.sync.get(resource.id)
  return renderResource(resource, call.api.resources.webhookUrl(resource), sync)
}
