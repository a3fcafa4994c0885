import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { isAtHand } from '../etag.ts'
import { PAGE_HEADERS } from '../page-headers.ts'
import { defineRoute, type Reply, type Route } from '../route.ts'
import { hasWebFile, readWebFile, typeOfWebFile } from '../web-files.ts'
import { paramOf } from './call.ts'

/** A site of another origin loads it too. */
const EVERYWHERE = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }

/** Drawn by `scripts/icons.js`. */
const ICONS = [
  'icon.svg',
  'icon-192.png',
  'icon-512.png',
  'maskable-512.png',
  'apple-touch-180.png',
  'badge-96.png',
] as const

/** What browsers load, by path. Nobody needs a right for it: there is nothing of anybody's in it. */
const FILES: readonly WebRoute[] = [
  {
    path: '/diagnostics',
    file: 'diagnostics.html',
    summary: 'The page that says why notifications do not come',
    headers: {
      ...PAGE_HEADERS,
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      // The one page that tries them, on a click.
      'permissions-policy': 'camera=(self), microphone=(self), geolocation=(), display-capture=(), payment=(), usb=()',
    },
  },
  {
    path: '/diagnostics.css',
    file: 'diagnostics.css',
    summary: 'How that page looks',
    headers: {},
  },
  {
    path: '/diagnostics.js',
    file: 'diagnostics.js',
    summary: 'The element ec-diagnostics, an ES module',
    headers: EVERYWHERE,
  },
  {
    path: '/client.js',
    file: 'client.js',
    summary: 'The notification center, an ES module',
    headers: EVERYWHERE,
  },
  {
    path: '/sw.js',
    file: 'sw.js',
    summary: 'The service worker',
    headers: { 'service-worker-allowed': '/' },
  },
  {
    path: '/inbox',
    file: 'inbox.html',
    sandbox: 'inbox-sandbox.html',
    summary: 'The inbox, a page',
    headers: PAGE_HEADERS,
  },
  { path: '/inbox.js', file: 'inbox.js', summary: 'The code of the inbox', headers: {} },
  { path: '/inbox.css', file: 'inbox.css', summary: 'The style of the inbox', headers: {} },
  {
    path: '/ec-sw.js',
    file: 'ec-sw.js',
    summary: 'The same for `importScripts` in the service worker of a site',
    headers: EVERYWHERE,
  },
  {
    path: '/unblock.js',
    file: 'unblock.js',
    summary: 'What undoes a refused permission, by browser and language: an ES module',
    headers: EVERYWHERE,
  },
  {
    path: '/manifest.webmanifest',
    file: 'manifest.webmanifest',
    summary: 'Makes the inbox an app that can be installed',
    headers: {},
  },
  ...ICONS.map(name => ({
    path: `/icons/${name}`,
    file: `icons/${name}`,
    summary: 'An icon of the inbox and of its notifications',
    headers: EVERYWHERE,
  })),
]

interface WebRoute {
  readonly path: string
  /** In `dist/web/`. */
  readonly file: string
  /** What an agent has in its place whose providers are stand-ins. */
  readonly sandbox?: string
  readonly summary: string
  readonly headers: Readonly<Record<string, string>>
}

// Whoever embeds a module may add a version of his own to its address.
const anyQuery = z.looseObject({})

export const webRoutes: readonly Route[] = [
  ...FILES.map(({ path, file, sandbox = file, summary, headers }) =>
    defineRoute({
      method: 'GET',
      path,
      summary,
      allow: 'open',
      query: anyQuery,
      body: null,
      reply: { status: 200, schema: null, type: typeOfWebFile(file) },
      handle: call =>
        send(call.api.house.sandbox ? sandbox : file, { 'cache-control': ASK_ANEW, ...headers }, call.request.headers),
    }),
  ),
  defineRoute({
    method: 'GET',
    path: '/client/:part',
    summary: 'What the notification center loads later; its name changes with what is in it',
    allow: 'open',
    query: anyQuery,
    body: null,
    reply: { status: 200, schema: null, type: typeOfWebFile('part.js') },
    async handle(call) {
      const part = paramOf(call, 'part')
      const name = `client/${part}`
      if (!PART.test(part) || !hasWebFile(name))
        throw new EcError('EC_NOT_FOUND', `no part of this version is called ${part}`)
      return send(name, { 'cache-control': KEEP, ...EVERYWHERE }, call.request.headers)
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/',
    summary: 'Leads to the inbox',
    allow: 'open',
    query: anyQuery,
    body: null,
    reply: { status: 302, schema: null },
    handle: async () => ({ headers: { location: '/inbox', 'cache-control': 'no-store' } }),
  }),
]

/** A worker or page of an older version would speak with a newer agent: each use asks whether it is still the same. */
const ASK_ANEW = 'no-cache'
const KEEP = 'public, max-age=31536000, immutable'
const PART = /^[a-z-]+-[A-Z0-9]{8}\.js$/

async function send(
  name: string,
  headers: Readonly<Record<string, string>>,
  asked: { readonly 'if-none-match'?: string | undefined; readonly 'accept-encoding'?: string | string[] | undefined },
): Promise<Reply> {
  const { type, bytes, gzipped, etag } = await readWebFile(name)
  const common = { etag, vary: 'accept-encoding', ...headers }
  if (isAtHand(etag, asked['if-none-match'])) return { status: 304, headers: common }
  const takesGzip = String(asked['accept-encoding'] ?? '')
    .split(',')
    .some(isGzip)
  return {
    headers: { ...common, 'content-type': type, ...(takesGzip ? { 'content-encoding': 'gzip' } : {}) },
    body: takesGzip ? gzipped : bytes,
  }
}

/** One entry of `Accept-Encoding`; a weight of nothing refuses. */
function isGzip(entry: string): boolean {
  return /^\s*gzip\s*(;|$)/i.test(entry) && !/;\s*q=0(\.0*)?\s*$/i.test(entry)
}
