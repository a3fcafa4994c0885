import { z } from 'zod'
import type { BrowserSession } from '../../../core/browser-session.ts'
import { EcError } from '../../../core/errors.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import type { User } from '../../../core/user.ts'
import type { Api } from '../api.ts'
import { noQuery } from '../input.ts'
import { instant, renderInstant } from '../render/instant.ts'
import { defineRoute, type Route } from '../route.ts'
import { callerOf, paramOf, subjectOf } from './call.ts'

const DEFAULT_TTL_S = 3600
const MAX_TTL_S = 7 * 24 * 3600
const TTL = `takes seconds, 1 to ${MAX_TTL_S}`
/** A link's secret is short; nobody has shown yet who he is. */
const LINK_BODY_BYTES = 1_024

const sessionView = z.strictObject({
  user: z.string(),
  name: z.string().nullable(),
  lang: z.string().nullable(),
  tz: z.string().nullable(),
  expires_at: instant,
})

const browserView = z.strictObject({
  id: z.string(),
  created_at: instant,
  seen_at: instant,
  expires_at: instant,
  /** Whether it is the one that asks. */
  current: z.boolean(),
})

/** Who a person's browser is. */
export const sessionRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/api/session/link',
    summary: 'A link to the inbox that signs one browser in as a user, once',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({
      user: userIdSchema,
      ttl_s: z.int({ error: TTL }).min(1, TTL).max(MAX_TTL_S, TTL).default(DEFAULT_TTL_S),
    }),
    reply: { status: 201, schema: z.strictObject({ url: z.string(), expires_at: instant }) },
    async handle(call) {
      const { url, expiresAt } = await call.api.sessions.invite(call.body.user, call.body.ttl_s * 1000)
      return { body: { url, expires_at: renderInstant(expiresAt) } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/session',
    summary: 'Sign this browser in by the secret of a link; the answer sets the cookie',
    allow: 'open',
    query: noQuery,
    bodyBytes: LINK_BODY_BYTES,
    body: z.strictObject({ link: z.string().min(1) }),
    reply: { status: 200, schema: sessionView },
    async handle(call) {
      const { api, browsers, request, response } = call
      // Else any page could sign a person in as somebody else, who then reads what the person writes.
      browsers.checkOrigin(request)
      const previous = browsers.sessionOf(request)
      const { secret, session } = await call.counted(() => api.sessions.signIn(call.body.link, previous))
      browsers.give(request, response, secret, session.expiresAt - call.now)
      return { body: renderSession(await findUser(api, session.userId), session.expiresAt) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/session',
    summary: 'Who the caller is, and until when',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: sessionView },
    async handle(call) {
      const { api, browsers, login, request, response, until } = call
      const caller = callerOf(call)
      if (caller.kind !== 'user' || until === null)
        throw new EcError('EC_USAGE', 'the operator has no session', {
          hint: 'sign a browser in with a link of `ec token USER --link`',
        })
      const user = await findUser(api, caller.userId)
      // The browser counts on its own; here it is told anew how long it may stay.
      if (login !== null) browsers.renew(request, response, until - call.now)
      return { body: renderSession(user, until) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/users/:user/sessions',
    summary: 'The browsers in which a user is signed in',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ sessions: z.array(browserView) }) },
    async handle(call) {
      const sessions = await call.api.sessions.list(subjectOf(call, paramOf(call, 'user')))
      return { body: { sessions: sessions.map(session => renderBrowser(session, call.login)) } }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/session',
    summary: 'Sign this browser out; with `everywhere` all browsers of the user, which the operator may do too',
    allow: ['operator', 'user'],
    query: z.strictObject({
      everywhere: z.enum(['true', 'false'], { error: 'takes true or false' }).default('false'),
      user: userIdSchema.exactOptional(),
    }),
    body: null,
    reply: { status: 204, schema: null },
    async handle(call) {
      const { api, browsers, login, request, response } = call
      const everywhere = call.query.everywhere === 'true'
      if (!everywhere && login === null) throw nothingToEnd(callerOf(call).kind)
      await api.sessions.end(subjectOf(call, call.query.user), everywhere ? null : login)
      if (login !== null) browsers.forget(request, response)
      return {}
    },
  }),
]

function nothingToEnd(kind: 'operator' | 'service' | 'user'): EcError {
  const message =
    kind === 'user' ? 'a token cannot be called back; it expires by itself' : 'the operator has no session'
  return new EcError('EC_USAGE', message, { hint: '`?everywhere=true` signs all browsers of the user out' })
}

/** A token may name somebody of whom nothing is known yet. */
async function findUser(api: Api, id: string): Promise<Pick<User, 'id' | 'name' | 'lang' | 'tz'>> {
  try {
    return await api.users.get(id)
  } catch (error) {
    if (error instanceof EcError && error.code === 'EC_NOT_FOUND') return { id, name: null, lang: null, tz: null }
    throw error
  }
}

function renderBrowser({ id, createdAt, seenAt, expiresAt }: BrowserSession, login: string | null) {
  return {
    id,
    created_at: renderInstant(createdAt),
    seen_at: renderInstant(seenAt),
    expires_at: renderInstant(expiresAt),
    current: id === login,
  }
}

function renderSession({ id, name, lang, tz }: Pick<User, 'id' | 'name' | 'lang' | 'tz'>, expiresAt: number) {
  return { user: id, name, lang, tz, expires_at: renderInstant(expiresAt) }
}
