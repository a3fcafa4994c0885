import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { askGoogle, urlOf, type GoogleRequest } from '#ec/providers/google/ask-google.js'
import { openAccountContext } from '../../../support/account-context.js'
import { openStandIn, sendJson } from '../../../support/stand-in.js'

const LIST: GoogleRequest = { operation: 'events.list', method: 'GET', path: '/calendar/v3/calendars/a/events' }
const anything = z.object({ ok: z.boolean() })

describe('the address of a request', () => {
  it.each<[string, Partial<GoogleRequest>, string | null, string]>([
    ['is Google’s own', {}, null, 'https://www.googleapis.com/calendar/v3/calendars/a/events'],
    [
      'is the API’s own host',
      { host: 'https://gmail.googleapis.com' },
      null,
      'https://gmail.googleapis.com/calendar/v3/calendars/a/events',
    ],
    [
      'keeps the path of a base URL',
      {},
      'https://proxy.example/google/',
      'https://proxy.example/google/calendar/v3/calendars/a/events',
    ],
    [
      'takes the base URL of another API',
      { baseUrl: 'http://127.0.0.1:1' },
      'http://127.0.0.1:2',
      'http://127.0.0.1:1/calendar/v3/calendars/a/events',
    ],
    [
      'repeats lists, leaves out what is not there, and encodes',
      { query: { a: true, b: 7, c: ['x y', '&'], d: null, e: undefined, f: 'ü=' } },
      null,
      'https://www.googleapis.com/calendar/v3/calendars/a/events?a=true&b=7&c=x+y&c=%26&f=%C3%BC%3D',
    ],
  ])('%s', (_what, more, base, url) => {
    expect(urlOf({ ...LIST, ...more }, base)).toBe(url)
  })

  it('is not moved by the environment, as that of Google’s SDK is', async () => {
    const before = process.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN']
    process.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN'] = 'evil.example'
    try {
      expect(urlOf(LIST, null)).toMatch(/^https:\/\/www\.googleapis\.com\//)
    } finally {
      if (before === undefined) delete process.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN']
      else process.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN'] = before
    }
  })
})

describe('a request', () => {
  it('goes out once, with its token, and is counted', async () => {
    const standIn = await openStandIn((_request, response) => sendJson(response, 200, { ok: true }))
    const ctx = openAccountContext({ baseUrl: standIn.url, token: 'at-1' })
    const body = { id: 'c', expiration: '7' }
    await expect(askGoogle(ctx, { ...LIST, method: 'POST', body }, anything)).resolves.toEqual({ ok: true })
    const [seen] = standIn.seen
    expect(seen).toMatchObject({ method: 'POST', url: LIST.path, body: JSON.stringify(body) })
    expect(seen?.headers).toMatchObject({ authorization: 'Bearer at-1', 'content-type': 'application/json' })
    // Without the word Google compresses nothing.
    expect(seen?.headers['user-agent']).toContain('gzip')
    expect(seen?.headers['accept-encoding']).toContain('gzip')
    expect(ctx.calls).toMatchObject([{ operation: 'events.list', status: 200, attempt: 1 }])
  })

  it.each([429, 500, 503])('is not repeated behind our back after %i (pitfall 69)', async status => {
    const standIn = await openStandIn((_request, response) => sendJson(response, status, {}, { 'retry-after': '3' }))
    const ctx = openAccountContext({ baseUrl: standIn.url })
    await expect(askGoogle(ctx, LIST, anything)).rejects.toMatchObject({
      code: status === 429 ? 'EC_RATE_LIMITED' : 'EC_PROVIDER',
      retryAfterMs: 3_000,
    })
    expect(standIn.seen).toHaveLength(1)
  })

  it('gives an answer without a body as null', async () => {
    const standIn = await openStandIn((_request, response) => void response.writeHead(204).end())
    const ctx = openAccountContext({ baseUrl: standIn.url })
    await expect(askGoogle(ctx, LIST, z.null())).resolves.toBeNull()
  })

  it.each([
    ['a page of a proxy', 200, '<html>Sign in to the hotel</html>'],
    ['another shape', 200, '{"ok":"yes"}'],
    ['half a document', 200, '{"ok":'],
    ['nothing', 200, ''],
  ])('says that it cannot read %s', async (_what, status, text) => {
    const standIn = await openStandIn((_request, response) => void response.writeHead(status).end(text))
    const ctx = openAccountContext({ baseUrl: standIn.url })
    await expect(askGoogle(ctx, LIST, anything)).rejects.toMatchObject({
      code: 'EC_PROVIDER',
      message: "google's answer to events.list cannot be read",
    })
  })

  it('takes its token nowhere else when it is redirected', async () => {
    const elsewhere = await openStandIn((_request, response) => sendJson(response, 200, { ok: true }))
    const standIn = await openStandIn((_request, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/` }).end()
    })
    const ctx = openAccountContext({ baseUrl: standIn.url, token: 'at-1' })
    await expect(askGoogle(ctx, LIST, anything)).rejects.toMatchObject({ code: 'EC_PROVIDER' })
    expect(elsewhere.seen).toEqual([])
  })

  it('ends with the reason of its signal, before the answer and within it', async () => {
    for (const begins of [false, true]) {
      const stop = new AbortController()
      const reason = new Error('the agent stops')
      const standIn = await openStandIn((_request, response) => {
        if (begins) response.writeHead(200).write('{"ok":')
        setImmediate(() => stop.abort(reason))
      })
      const ctx = openAccountContext({ baseUrl: standIn.url, signal: stop.signal })
      await expect(askGoogle(ctx, LIST, anything)).rejects.toBe(reason)
    }
  })

  it('ends at its deadline, and says that nobody is there', async () => {
    const silent = await openStandIn(() => {})
    const ctx = openAccountContext({ baseUrl: silent.url, deadlineMs: 50 })
    await expect(askGoogle(ctx, LIST, anything)).rejects.toMatchObject({ code: 'EC_TIMEOUT' })
    const cut = await openStandIn((_request, response) => void response.destroy())
    await expect(askGoogle(openAccountContext({ baseUrl: cut.url }), LIST, anything)).rejects.toMatchObject({
      code: 'EC_PROVIDER',
      category: 'unreachable',
    })
  })
})
