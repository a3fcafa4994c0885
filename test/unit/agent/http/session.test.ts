import { describe, expect, it } from 'vitest'
import { createOrigins } from '#ec/agent/http/origins.js'
import { createSchemeReader } from '#ec/agent/http/request-scheme.js'
import { ROUTES } from '#ec/agent/http/routes/index.js'
import { ask, cookieOf, ownPage, secretOf, type Asked } from '../../../support/page.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { open as openDoors } from './calls.js'
import { bearer, INBOX, shareDoors, userBearer, type DoorsOptions } from './doors.js'

const DAY = 86_400_000
const shared = shareDoors(atEnd => open({ atEnd }))

async function open(options: DoorsOptions = {}) {
  const { doors, events, operator } = await openDoors(options)

  async function invite(user: string, ttl_s = 3600): Promise<string> {
    const made = await ask(`${doors.url}/api/session/link`, {
      method: 'POST',
      headers: operator,
      json: { user, ttl_s },
    })
    expect(made.status).toBe(201)
    expect(made.body.url.startsWith(`${INBOX}#in=`)).toBe(true)
    return secretOf(made.body.url)
  }

  function signInBy(link: string, headers: Asked['headers'] = { origin: doors.url, 'sec-fetch-site': 'same-origin' }) {
    return ask(`${doors.url}/api/session`, { method: 'POST', headers, json: { link } })
  }

  /** The cookie of a browser in which the user is signed in. */
  async function signIn(user: string): Promise<string> {
    return cookieOf(await signInBy(await invite(user)))
  }

  return { doors, events, operator, invite, signIn, signInBy }
}

/** What is marked as read, which only somebody who may can do. */
const MARK = { method: 'POST', json: {} } as const
const READ = '/api/events/evt_1/read'

describe('signing in', () => {
  it('answers who it is, and gives a cookie that no script and no other site can use', async () => {
    const { doors, signInBy, invite } = shared()
    await doors.backend.store.putUser({ id: 'ada', name: 'Ada', tz: 'Europe/London', lang: 'en' }, 0)
    const answer = await signInBy(await invite('ada'))
    expect(answer).toMatchObject({ status: 200, body: { user: 'ada', name: 'Ada', tz: 'Europe/London', lang: 'en' } })
    const days = (Date.parse(answer.body.expires_at) - Date.now()) / DAY
    expect(Math.round(days)).toBe(30)
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^ec_session=ecs_[A-Za-z0-9_-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/),
    ])
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('works once; then, and when it is too late, it says what to do', async () => {
    const clock = new FakeClock()
    const { invite, signInBy } = await open({ clock })
    const [link, late] = [await invite('ada'), await invite('ada', 60)]
    expect((await signInBy(link)).status).toBe(200)
    const used = await signInBy(link)
    expect(used).toMatchObject({ status: 410, body: { code: 'EC_LINK_USED', hint: expect.stringContaining('--link') } })
    expect(used.headers['set-cookie']).toBeUndefined()
    clock.advance(60_000)
    expect(await signInBy(late)).toMatchObject({ status: 410, body: { code: 'EC_LINK_EXPIRED' } })
    expect(await signInBy('ecl_nonsense')).toMatchObject({ status: 404, body: { code: 'EC_LINK_UNKNOWN' } })
  })

  it('is nothing that a page of another origin can do for a person', async () => {
    const { doors, invite, signInBy } = shared()
    const link = await invite('mallory')
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: doors.url, 'sec-fetch-site': 'cross-site' },
      { origin: doors.url, 'sec-fetch-site': 'same-site' },
    ]) {
      expect(await signInBy(link, headers)).toMatchObject({ status: 403, body: { code: 'EC_ORIGIN_NOT_ALLOWED' } })
    }
    const form = { origin: doors.url, 'content-type': 'application/x-www-form-urlencoded' }
    expect((await signInBy(link, form)).status).toBe(415)
    // None of them used it up.
    expect((await signInBy(link, {})).status).toBe(200)
  })

  it('makes an address that tries wrong links wait, and never a right one', async () => {
    const limits = { failedLogins: { burst: 3, perSecond: 0.1 } }
    const { invite, signInBy } = await open({ listeners: { limits } })
    for (let i = 0; i < 3; i += 1) expect((await signInBy(`ecl_${i}`)).status).toBe(404)
    const refused = await signInBy('ecl_3')
    expect(refused).toMatchObject({ status: 429, body: { code: 'EC_RATE_LIMITED' } })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1)
    expect((await signInBy(await invite('ada'))).status).toBe(200)
  })

  it('ends the session that the browser had before', async () => {
    const { doors, invite, signIn, signInBy } = shared()
    const cookie = await signIn('ada')
    const answer = await signInBy(await invite('ben'), { origin: doors.url, cookie })
    expect(answer.body.user).toBe('ben')
    expect((await ask(`${doors.url}/api/session`, { headers: { cookie } })).status).toBe(401)
    expect((await ask(`${doors.url}/api/session`, { headers: { cookie: cookieOf(answer) } })).body.user).toBe('ben')
  })

  it('takes links from nobody but the operator, and for no longer than a week', async () => {
    const { doors, operator } = shared()
    const make = (headers: Asked['headers'], json: unknown) =>
      ask(`${doors.url}/api/session/link`, { method: 'POST', headers: headers ?? {}, json })
    expect((await make(bearer(userBearer(doors, 'ada')), { user: 'ada' })).status).toBe(403)
    expect((await make({}, { user: 'ada' })).status).toBe(401)
    expect((await make(operator, { user: 'ada', ttl_s: 8 * 86_400 })).status).toBe(422)
    expect((await make(operator, { user: 'a b' })).status).toBe(422)
  })
})

describe('the cookie', () => {
  it('is Secure and of this host alone when a trusted proxy says https, and plain when anybody else does', async () => {
    const headers = { 'x-forwarded-proto': 'https', host: 'localhost' }
    const trustedProxies = ['127.0.0.1']
    const trusting = await open({ listeners: { trustedProxies } })
    const secure = await trusting.signInBy(await trusting.invite('ada'), { ...headers, origin: 'https://localhost' })
    expect(secure.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-ec_session=ecs_[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure$/,
      ),
    ])
    const cookie = cookieOf(secure)
    const known = await ask(`${trusting.doors.url}/api/session`, { headers: { ...headers, cookie } })
    expect(known.body.user).toBe('ada')
    expect(cookieOf(known)).toBe(cookie)
    // Over https the plain name is nobody's: a sibling domain can set it.
    const tossed = cookie.replace('__Host-', '')
    expect((await ask(`${trusting.doors.url}/api/session`, { headers: { ...headers, cookie: tossed } })).status).toBe(
      401,
    )
    const http = { host: 'localhost', 'x-forwarded-proto': 'http', origin: 'http://localhost' }
    const plain = await trusting.signInBy(await trusting.invite('ada'), http)
    expect(cookieOf(plain)).toMatch(/^ec_session=/)

    const { doors, invite, signInBy } = shared()
    const forged = await signInBy(await invite('ada'), { ...headers, origin: `http://localhost` })
    expect(forged.headers['set-cookie']?.join()).not.toContain('Secure')
    expect(doors.url).toMatch(/^http:/)
  })

  it('is Secure behind a proxy that nobody told us of, by the word of the browser', async () => {
    const { doors, invite, signInBy } = shared()
    const headers = { host: 'localhost', origin: 'https://localhost', 'sec-fetch-site': 'same-origin' }
    const answer = await signInBy(await invite('ada'), headers)
    expect(cookieOf(answer)).toMatch(/^__Host-ec_session=/)
    // A GET says nothing of the scheme; the name that the browser has stays.
    const again = await ask(`${doors.url}/api/session`, { headers: { host: 'localhost', cookie: cookieOf(answer) } })
    expect(cookieOf(again)).toBe(cookieOf(answer))
  })

  it('is told anew how long it is good, where the page asks who it is and when it was extended', async () => {
    const clock = new FakeClock()
    const { doors, signIn, events } = await open({ clock })
    const cookie = await signIn('ada')
    clock.advance(DAY / 2)
    const url = `${doors.url}/api/session`
    const known = await ask(url, { headers: { cookie } })
    expect(known.headers['set-cookie']?.join()).toContain(`${cookie}; Path=/; Max-Age=${29.5 * 86_400};`)
    expect(known.body).toEqual({
      user: 'ada',
      name: null,
      lang: null,
      tz: null,
      expires_at: new Date(clock.now() + 29.5 * DAY).toISOString(),
    })
    const list = (): ReturnType<typeof ask> => ask(`${doors.url}/api/events`, { headers: { cookie } })
    expect((await list()).headers['set-cookie']).toBeUndefined()
    clock.advance(DAY / 2)
    expect((await list()).headers['set-cookie']?.join()).toContain(`${cookie}; Path=/; Max-Age=2592000;`)
    expect((await list()).headers['set-cookie']).toBeUndefined()
    expect(events.calls).toHaveLength(3)
    clock.advance(30 * DAY)
    expect((await list()).status).toBe(401)
  })
})

describe('what the cookie may do', () => {
  it('reads and changes as its user, from our own page', async () => {
    const { doors, events, signIn } = shared()
    const headers = ownPage(doors.url, await signIn('ada'))
    expect((await ask(doors.url + READ, { ...MARK, headers })).status).toBe(200)
    expect((await ask(`${doors.url}/api/events`, { headers })).status).toBe(200)
    expect(events.calls.at(-1)?.[1]).toEqual({ kind: 'user', userId: 'ada' })
    for (const path of ['/api/users', '/api/keys', '/api/jobs', '/metrics']) {
      expect([path, (await ask(doors.url + path, { headers })).status]).toEqual([path, 403])
    }
    expect((await ask(`${doors.url}/api/users/ben`, { headers })).status).toBe(403)
  })

  const DENIED = { status: 403, code: 'EC_ORIGIN_NOT_ALLOWED' }
  const own = { origin: 'http://OWN', 'sec-fetch-site': 'same-origin', 'x-ec-page': '1' }

  it.each([
    ['without an Origin', { 'sec-fetch-site': 'same-origin', 'x-ec-page': '1' }, DENIED],
    ['of no origin at all', { ...own, origin: 'null' }, DENIED],
    ['of another origin', { ...own, origin: 'https://evil.example' }, DENIED],
    ['of another scheme', { origin: 'https://OWN', 'x-ec-page': '1' }, DENIED],
    ['of another port', { ...own, origin: 'http://127.0.0.1:1' }, DENIED],
    ['of a subdomain', { ...own, origin: 'http://evil.OWN' }, DENIED],
    ['of a name that begins as ours', { ...own, origin: 'http://OWN.evil.example' }, DENIED],
    ['of another site, whatever else it says', { ...own, 'sec-fetch-site': 'cross-site' }, DENIED],
    ['of a neighbour on our domain', { ...own, 'sec-fetch-site': 'same-site' }, DENIED],
    [
      'without the header',
      { origin: 'http://OWN', 'sec-fetch-site': 'same-origin' },
      { status: 403, code: 'EC_FORBIDDEN' },
    ],
    ['with another value in the header', { ...own, 'x-ec-page': 'true' }, { status: 403, code: 'EC_FORBIDDEN' }],
  ])('changes nothing for a page %s', async (_, template, expected) => {
    const { doors, events, signIn } = shared()
    const host = new URL(doors.url).host
    const filled = Object.entries(template).map(([name, value]) => [name, value.replace('OWN', host)])
    const headers = { ...Object.fromEntries(filled), cookie: await signIn('ada') }
    const before = events.calls.length
    for (const [method, path, json] of [
      ['POST', READ, {}],
      ['DELETE', '/api/session', undefined],
      ['DELETE', '/api/session?everywhere=true', undefined],
      ['PUT', '/api/users/ada/preferences', {}],
      ['POST', '/api/ws/ticket', undefined],
    ] as const) {
      const { status, body } = await ask(doors.url + path, { method, headers, json })
      expect([path, status, body.code]).toEqual([path, expected.status, expected.code])
    }
    expect(events.calls).toHaveLength(before)
    expect((await ask(`${doors.url}/api/session`, { headers: { cookie: headers['cookie'] ?? '' } })).status).toBe(200)
  })

  it('reads nothing for another site or a neighbour, and nothing that says where it comes from', async () => {
    const { doors, events, signIn } = shared()
    const cookie = await signIn('ada')
    const before = events.calls.length
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', origin: doors.url },
    ]) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask(`${doors.url}/api/events`, { method, headers: { ...headers, cookie } })
        expect([headers, answer.status]).toEqual([headers, 403])
        expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      }
    }
    expect(events.calls).toHaveLength(before)
    // Typed by the person, or by a browser that says nothing of it (plain http).
    for (const headers of [{ 'sec-fetch-site': 'none' }, {}, { origin: doors.url }]) {
      expect((await ask(`${doors.url}/api/events`, { headers: { ...headers, cookie } })).status).toBe(200)
    }
  })

  it('gives way to a bearer, right or wrong', async () => {
    const { doors, events, signIn } = shared()
    const cookie = await signIn('ada')
    const ben = bearer(userBearer(doors, 'ben'))
    // With a bearer nothing of a page is asked for.
    const headers = { ...ben, cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await ask(doors.url + READ, { ...MARK, headers })).status).toBe(200)
    expect((await ask(`${doors.url}/api/events`, { headers })).status).toBe(200)
    expect(events.calls.at(-1)?.[1]).toEqual({ kind: 'user', userId: 'ben' })
    const wrong = { ...ownPage(doors.url, cookie), ...bearer('wrong') }
    expect((await ask(`${doors.url}/api/events`, { headers: wrong })).status).toBe(401)
    expect((await ask(`${doors.url}/api/events`, { headers: { ...wrong, authorization: '' } })).status).toBe(401)
  })

  it('is not looked at where any page can send a body, nor where nobody is asked', async () => {
    const { doors, signIn } = shared()
    const cookie = await signIn('ada')
    const strange = { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await ask(`${doors.url}/health`, { headers: strange })).body).toEqual({ status: 'ok' })
    for (const route of ROUTES.filter(route => route.form === true || route.plainText === true)) {
      expect([route.path, route.allow]).toEqual([route.path, 'open'])
    }
  })

  it('is worth nothing on the public listener, unless it shows the API', async () => {
    const { doors, signIn } = shared()
    const headers = ownPage(doors.publicUrl, await signIn('ada'))
    expect((await ask(`${doors.publicUrl}/api/session`, { headers })).status).toBe(404)
    const exposed = await open({ listeners: { public: { host: '127.0.0.1', port: 0, expose: ['api'] } } })
    const cookie = await exposed.signIn('ada')
    const shown = ownPage(exposed.doors.publicUrl, cookie)
    expect((await ask(`${exposed.doors.publicUrl}/api/session`, { headers: shown })).body.user).toBe('ada')
  })
})

describe('the browsers of a user', () => {
  it('are shown to the user and the operator, without a secret, and only those that are signed in', async () => {
    const clock = new FakeClock()
    const { doors, operator, signIn } = await open({ clock })
    await signIn('ada')
    clock.advance(20 * DAY)
    const cookie = await signIn('ada')
    await signIn('ben')
    const list = (headers: Asked['headers']) => ask(`${doors.url}/api/users/ada/sessions`, { headers: headers ?? {} })
    const mine = await list({ cookie })
    const now = new Date(clock.now()).toISOString()
    expect(mine.body.sessions).toHaveLength(2)
    expect(mine.body.sessions[1]).toEqual({
      id: expect.stringMatching(/^sgn_/),
      created_at: now,
      seen_at: now,
      expires_at: new Date(clock.now() + 30 * DAY).toISOString(),
      current: true,
    })
    expect(mine.body.sessions[0].current).toBe(false)
    expect(mine.text).not.toMatch(/ecs_|ecl_/)
    clock.advance(10 * DAY)
    expect((await list(operator)).body.sessions).toHaveLength(1)
    expect((await list(bearer(userBearer(doors, 'ben')))).status).toBe(403)
  })
})

describe('signing out', () => {
  it('ends this browser, and takes its cookie back', async () => {
    const { doors, signIn } = shared()
    const [here, there] = [await signIn('ada'), await signIn('ada')]
    const url = `${doors.url}/api/session`
    const answer = await ask(url, { method: 'DELETE', headers: ownPage(doors.url, here) })
    expect(answer).toMatchObject({ status: 204, text: '' })
    expect(answer.headers['set-cookie']).toEqual(['ec_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict'])
    const after = await ask(url, { headers: { cookie: here } })
    expect(after).toMatchObject({
      status: 401,
      body: { code: 'EC_UNAUTHENTICATED', hint: expect.stringContaining('--link') },
    })
    expect((await ask(url, { headers: { cookie: there } })).status).toBe(200)
  })

  it('ends all browsers of the user, and of nobody else', async () => {
    const { doors, invite, signIn, signInBy } = shared()
    const [here, there, other] = [await signIn('cat'), await signIn('cat'), await signIn('dan')]
    const unused = await invite('cat')
    const url = `${doors.url}/api/session`
    expect((await ask(`${url}?everywhere=true`, { method: 'DELETE', headers: ownPage(doors.url, here) })).status).toBe(
      204,
    )
    for (const cookie of [here, there]) expect((await ask(url, { headers: { cookie } })).status).toBe(401)
    expect((await ask(url, { headers: { cookie: other } })).status).toBe(200)
    expect((await signInBy(unused)).status).toBe(404)
  })

  it('is done by the operator for a user, and by a token for all browsers of its own', async () => {
    const { doors, operator, signIn } = shared()
    const url = `${doors.url}/api/session`
    const token = bearer(userBearer(doors, 'eve'))
    for (const [headers, query] of [
      [operator, '?everywhere=true&user=eve'],
      [token, '?everywhere=true'],
    ] as const) {
      const cookie = await signIn('eve')
      expect((await ask(url + query, { method: 'DELETE', headers })).status).toBe(204)
      expect((await ask(url, { headers: { cookie } })).status).toBe(401)
    }
    for (const headers of [operator, token]) {
      expect(await ask(url, { method: 'DELETE', headers })).toMatchObject({ status: 400, body: { code: 'EC_USAGE' } })
    }
    const foreign = await ask(`${url}?everywhere=true&user=ada`, { method: 'DELETE', headers: token })
    expect(foreign.status).toBe(403)
    expect((await ask(`${url}?everywhere=yes`, { method: 'DELETE', headers: token })).status).toBe(400)
    expect((await ask(url, { headers: operator })).status).toBe(400)
  })
})

describe('a page of an origin that the operator named', () => {
  const ORIGIN = 'https://app.example'
  const origins = createOrigins([ORIGIN], () => null, createSchemeReader([]))
  const named = shareDoors(atEnd => open({ atEnd, listeners: { origins } }))

  it('may ask before it calls', async () => {
    const { doors } = named()
    for (const path of ['/api/events', READ, '/api/events/stream', '/api/nothing']) {
      const answer = await ask(doors.url + path, preflight(ORIGIN))
      expect(answer).toMatchObject({
        status: 204,
        text: '',
        headers: {
          'access-control-allow-origin': ORIGIN,
          'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
          'access-control-allow-headers': expect.stringContaining('authorization, content-type'),
          'access-control-max-age': '600',
          vary: 'origin',
        },
      })
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    }
  })

  it('may call with a bearer, and reads the answer, refusals too', async () => {
    const { doors } = named()
    const headers = { ...bearer(userBearer(doors, 'ada')), origin: ORIGIN, 'sec-fetch-site': 'cross-site' }
    for (const [answer, status] of [
      [await ask(`${doors.url}/api/events`, { headers }), 200],
      [await ask(doors.url + READ, { ...MARK, headers }), 200],
      [await ask(`${doors.url}/api/users`, { headers }), 403],
      [await ask(`${doors.url}/api/events`, { headers: { origin: ORIGIN } }), 401],
    ] as const) {
      expect(answer.status).toBe(status)
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-expose-headers': 'retry-after',
        vary: 'origin',
      })
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    }
  })

  it('never by a cookie, for lack of credentials in each answer, and by the word of the browser', async () => {
    const { doors, signIn } = named()
    const headers = { cookie: await signIn('ada'), origin: ORIGIN, 'sec-fetch-site': 'cross-site', 'x-ec-page': '1' }
    expect((await ask(doors.url + READ, { ...MARK, headers })).status).toBe(403)
  })

  it.each([
    'https://evil.example',
    'null',
    'http://app.example',
    'https://app.example:8443',
    'https://a.app.example',
    'https://app.example.evil.example',
    'https://evilapp.example',
  ])('is not %s', async origin => {
    const { doors, events } = named()
    const before = events.calls.length
    const asked = await ask(doors.url + READ, preflight(origin))
    expect(asked.status).toBe(405)
    const refused = await ask(doors.url + READ, { ...MARK, headers: { origin } })
    expect(refused.status).toBe(401)
    for (const { headers } of [asked, refused]) {
      expect(Object.keys(headers).filter(name => name.startsWith('access-control-'))).toEqual([])
      expect(headers.vary).toBe('origin')
    }
    expect(events.calls).toHaveLength(before)
  })

  it('finds nothing of this outside of the API, nor where the API is not shown', async () => {
    const { doors } = named()
    for (const url of [`${doors.url}/webhooks/github/x`, `${doors.url}/metrics`, `${doors.publicUrl}/api/events`]) {
      const { headers } = await ask(url, preflight(ORIGIN))
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })
})

/** What a browser asks before a page of another origin may call. */
function preflight(origin: string) {
  return {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  }
}
