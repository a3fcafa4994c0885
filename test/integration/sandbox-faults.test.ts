import { describe, expect, it } from 'vitest'
import { openReceiver } from '../support/receiver.js'
import { meeting, openSandbox, send, type TestSandbox } from '../support/sandbox.js'

const EVENTS = '/calendar/v3/calendars/primary/events'

/** What an answer is like for who asks; 0 = the connection ended. */
async function status(asked: Promise<{ readonly status: number }>): Promise<number> {
  return asked.then(answer => answer.status).catch(() => 0)
}

const insert = (sandbox: TestSandbox) => sandbox.call('POST', EVENTS, meeting(6, { id: 'abcde' }))

describe('a request with a fault', () => {
  it.each([
    ['refuse', 0, 0],
    ['cut', 0, 1],
    ['status', 503, 0],
    ['duplicate', 409, 1],
  ])('%s is answered %i, and %i events are there', async (kind, answered, events) => {
    const sandbox = await openSandbox()
    sandbox.control.fault({ kind, times: 1 })
    expect(await status(insert(sandbox))).toBe(answered)
    expect(sandbox.control.events('primary')).toHaveLength(events)
    expect(sandbox.control.log().at(-1)).toMatchObject({ fault: kind, status: answered })
    // And a retry is what it would be at Google (pitfall 39).
    expect(await status(insert(sandbox))).toBe(events === 1 ? 409 : 200)
  })

  it('drop is never answered and never done', async () => {
    const sandbox = await openSandbox()
    sandbox.control.fault({ kind: 'drop', times: 1 })
    const stop = new AbortController()
    const token = sandbox.control.token()
    const asked = fetch(sandbox.urls.google + EVENTS, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    })
    while (sandbox.control.log().length === 0) await new Promise(resolve => setImmediate(resolve))
    stop.abort()
    await expect(asked).rejects.toThrow(/abort/i)
    expect(sandbox.control.events('primary')).toEqual([])
  })

  it('delay is answered when its time has come', async () => {
    const sandbox = await openSandbox()
    sandbox.control.fault({ kind: 'delay', times: 1, delay_ms: 30_000 })
    const asked = insert(sandbox)
    while (sandbox.control.log().length === 0) await new Promise(resolve => setImmediate(resolve))
    expect(sandbox.control.log()[0]).toMatchObject({ fault: 'delay', status: null })
    await sandbox.control.advance(30_000)
    expect((await asked).status).toBe(200)
  })

  it('reorder is answered after the next one', async () => {
    const sandbox = await openSandbox()
    sandbox.control.fault({ kind: 'reorder', times: 1, delay_ms: 60_000, match: { method: 'GET' } })
    const first = sandbox.call('GET', EVENTS).then(() => 'first')
    while (sandbox.control.log().length === 0) await new Promise(resolve => setImmediate(resolve))
    const second = sandbox.call('GET', EVENTS).then(() => 'second')
    expect(await Promise.race([first, second])).toBe('second')
    expect(await first).toBe('first')
  })

  it.each([
    [{ status: 429, retry_after: 2.5 }, 429, 'rateLimitExceeded', '2.5'],
    [{ status: 403, reason: 'quotaExceeded' }, 403, 'quotaExceeded', null],
    [{ status: 503 }, 503, 'backendError', null],
  ])('status %j speaks as Google does', async (spec, code, reason, retryAfter) => {
    const sandbox = await openSandbox()
    sandbox.control.fault({ kind: 'status', ...spec })
    const { status, body, headers } = await sandbox.call('GET', EVENTS)
    expect([status, body.error.errors[0].reason, headers.get('retry-after')]).toEqual([code, reason, retryAfter])
  })

  it.each([
    [{ operation: 'calendar.events.*' }, true],
    [{ operation: 'calendar.events.list' }, false],
    [{ method: 'post' }, true],
    [{ method: 'GET' }, false],
    [{ path: '/calendars/primary/' }, true],
    [{ path: '/gmail/' }, false],
    [{ calendar: 'primary' }, true],
    [{ calendar: 'other' }, false],
    [{ account: 'ana@example.com' }, true],
    [{ account: 'ben@example.com' }, false],
  ])('that is for %j is done to an insert by ana: %s', async (match, isDone) => {
    const sandbox = await openSandbox()
    sandbox.control.fault({ kind: 'status', match })
    expect((await insert(sandbox)).status).toBe(isDone ? 503 : 200)
  })

  it('is done so often as it was ordered, and no more once it was cleared', async () => {
    const sandbox = await openSandbox()
    sandbox.control.fault({ kind: 'status', times: 2 })
    const three = [
      await sandbox.call('GET', EVENTS),
      await sandbox.call('GET', EVENTS),
      await sandbox.call('GET', EVENTS),
    ]
    expect(three.map(({ status }) => status)).toEqual([503, 503, 200])
    sandbox.control.fault({ kind: 'status' })
    sandbox.control.faults.clear()
    expect((await sandbox.call('GET', EVENTS)).status).toBe(200)
  })
})

/** The same things, in the same order; ports are not part of the story. */
async function story(seed: number): Promise<string> {
  const sandbox = await openSandbox({
    seed,
    rate: 0,
    manners: { empty_page_rate: 0.3, short_page_rate: 0.3 },
    life: { everyMs: 120_000 },
  })
  const receiver = await openReceiver()
  const address = `${receiver.url}/hook`
  await sandbox.call('POST', `${EVENTS}/watch`, { id: 'c1', type: 'web_hook', address })
  await sandbox.control.settled()
  for (const kind of ['drop', 'duplicate', 'reorder', 'delay', 'status', 'cut', 'refuse']) {
    sandbox.control.fault({ on: 'push', kind, rate: 0.15 })
  }
  await sandbox.control.advance(86_400_000)
  for (let page = ''; ;) {
    const { body } = await sandbox.call('GET', `${EVENTS}?maxResults=3${page}`)
    if (body.nextPageToken === undefined) break
    page = `&pageToken=${encodeURIComponent(body.nextPageToken)}`
  }
  const log = sandbox.control.log()
  expect(log.length).toBeGreaterThan(30)
  expect(new Set(log.map(({ fault }) => fault)).size).toBeGreaterThan(5)
  const text = JSON.stringify([log, sandbox.control.events('primary'), sandbox.control.state()])
  return text.replaceAll(receiver.url, 'http://receiver')
}

describe('a seed', () => {
  it('tells the same story twice, and another one tells another', async () => {
    const [first, second, other] = [await story(5), await story(5), await story(6)]
    expect(second).toBe(first)
    expect(other).not.toBe(first)
  })
})

describe('the control', () => {
  const json = { 'content-type': 'application/json' }

  it('does over HTTP what it does in the process', async () => {
    const sandbox = await openSandbox()
    const { control } = sandbox.urls
    const made = await send(`${control}/mutate`, 'POST', { do: 'event.create', event: { summary: 'Dentist' } })
    expect(made.body).toMatchObject({ summary: 'Dentist' })
    expect((await send(`${control}/calendars/primary/events`, 'GET')).body.events).toHaveLength(1)
    const { id } = (await send(`${control}/faults`, 'POST', { kind: 'drop', on: 'push' })).body
    expect((await send(`${control}/faults`, 'GET')).body.faults).toMatchObject([{ id, kind: 'drop', done: 0 }])
    expect((await send(`${control}/faults/${id}`, 'DELETE')).body.faults).toEqual([])
    expect((await send(`${control}/faults/${id}`, 'DELETE')).status).toBe(404)
    expect((await send(`${control}/clock`, 'POST', { advance_ms: 3_600_000 })).body).toEqual({
      now: '2026-01-05T10:00:00.000Z',
      rate: 1,
    })
    expect((await send(`${control}/manners`, 'PATCH', { quota_refusal: 429 })).body).toMatchObject({
      quota_refusal: 429,
    })
    const { access_token } = (await send(`${control}/tokens`, 'POST', {})).body
    await send(sandbox.urls.google + EVENTS, 'GET', undefined, { authorization: `Bearer ${access_token}` })
    expect((await send(`${control}/log`, 'GET')).body.entries).toMatchObject([
      { n: 1, operation: 'calendar.events.list', who: 'ana@example.com', status: 200 },
    ])
    expect((await send(`${control}/state`, 'GET')).body).toMatchObject({ accounts: ['ana@example.com'] })
    expect((await send(control, 'GET')).body.urls.env).toMatchObject({ EC_GOOGLE_BASE_URL: sandbox.urls.google })
  })

  it.each([
    ['POST', '/mutate', { do: 'nonsense' }, 400],
    ['POST', '/mutate', { do: 'event.delete', id: 'never' }, 404],
    ['POST', '/mutate', { do: 'event.create', event: { end: {} } }, 400],
    ['POST', '/mutate', { do: 'account.add', email: 'ana@example.com' }, 400],
    ['POST', '/faults', { kind: 'drop', rate: 2 }, 400],
    ['POST', '/clock', { advance_ms: -1 }, 400],
    ['POST', '/clock', { rate: 'fast' }, 400],
    ['PATCH', '/manners', { nonsense: 1 }, 400],
    ['GET', '/calendars/nobody/events', undefined, 404],
    ['GET', '/nonsense', undefined, 404],
  ])('answers %s %s %j with %3$i', async (method, path, body, expected) => {
    const sandbox = await openSandbox()
    const answer = await send(sandbox.urls.control + path, method, body)
    expect([answer.status, typeof answer.body.error.message]).toEqual([expected, 'string'])
  })

  it('is not for pages of elsewhere: no form, and no name but that of this machine', async () => {
    const sandbox = await openSandbox()
    const form = await fetch(`${sandbox.urls.control}/mutate`, { method: 'POST', body: '{"do":"keys.rotate"}' })
    expect(form.status).toBe(415)
    const { request } = await import('node:http')
    const answered = await new Promise<number | undefined>(resolve => {
      request(`${sandbox.urls.control}/state`, { headers: { ...json, host: 'evil.example.org' } }, response => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(answered).toBe(403)
  })

  it('goes on where faults are ordered for everything', async () => {
    const sandbox = await openSandbox()
    sandbox.control.fault({ kind: 'refuse' })
    expect(await status(sandbox.call('GET', EVENTS))).toBe(0)
    expect((await send(`${sandbox.urls.control}/faults`, 'DELETE')).status).toBe(200)
    expect(await status(sandbox.call('GET', EVENTS))).toBe(200)
  })
})
