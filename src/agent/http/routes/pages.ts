import { z } from 'zod'
import type { HtmlPage } from '../api.ts'
import { defineRoute, type RawCall, type Reply, type Route } from '../route.ts'
import { paramOf } from './call.ts'

// Mail programs add parameters of their own to links.
const anyQuery = z.looseObject({})
const form = z.record(z.string(), z.string()).default({})
const html = { status: 200, schema: null, type: 'text/html' } as const

/** The pages that mail links to. The token in the path is the right; there is no cookie and no login. */
export const pageRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/a/:token',
    summary: 'The page that answers a question of a mail; to look at it changes nothing',
    allow: 'open',
    query: anyQuery,
    body: null,
    reply: html,
    handle: async call => send(await call.api.email.pages.showAnswer(paramOf(call, 'token'), languagesOf(call))),
  }),
  defineRoute({
    method: 'POST',
    path: '/a/:token',
    summary: 'Answer a question of a mail; the first answer wins',
    allow: 'open',
    form: true,
    query: anyQuery,
    body: form,
    reply: html,
    handle: async call =>
      send(await call.api.email.pages.submitAnswer(paramOf(call, 'token'), call.body, languagesOf(call))),
  }),
  defineRoute({
    method: 'GET',
    path: '/u/:token',
    summary: 'The page that ends mail of a kind; to look at it changes nothing',
    allow: 'open',
    query: anyQuery,
    body: null,
    reply: html,
    handle: async call => send(await call.api.email.pages.showStop(paramOf(call, 'token'), languagesOf(call))),
  }),
  defineRoute({
    method: 'POST',
    path: '/u/:token',
    summary: 'End mail of a kind, or with `scope=all` all mail, at once (RFC 8058)',
    allow: 'open',
    form: true,
    query: anyQuery,
    body: form,
    reply: html,
    handle: async call =>
      send(await call.api.email.pages.submitStop(paramOf(call, 'token'), call.body, languagesOf(call))),
  }),
]

function send({ status, html: body, styleHash }: HtmlPage): Reply {
  return {
    status,
    body,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      // The link is the right to answer; it must not travel on.
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    },
  }
}

function languagesOf({ request }: RawCall): string | null {
  return request.headers['accept-language'] ?? null
}
