import { request as httpRequest } from 'node:http'
import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EcError } from '#ec/core/errors.js'
import { PROVIDERS } from '#ec/providers/index.js'
import { calcomBooking, githubPush, openDoors, SECRET, shareDoors, type Doors } from './doors.js'
import { RawConnection, until } from './raw.js'

async function post(
  doors: Doors,
  path: string,
  sent: { body?: string | Buffer; headers?: Record<string, string> } = {},
) {
  const response = await fetch(doors.publicUrl + path, { method: 'POST', ...sent })
  const text = await response.text()
  const problem = response.headers.get('content-type') === 'application/problem+json' ? JSON.parse(text) : null
  return { status: response.status, code: problem?.code, text, headers: response.headers, problem }
}

async function stored(doors: Doors) {
  const { rows } = await doors.backend.store.listNotifications({ limit: 100 })
  return rows.map(({ state, reason, key, kind, resourceId }) => ({ state, reason, key, kind, resourceId }))
}

const shared = shareDoors(atEnd => openDoors({ atEnd }))

describe('the statuses that senders get', () => {
  const github = githubPush()
  const calcom = calcomBooking()
  const foreign = '{"ref":"refs/heads/main","repository":{"full_name":"other/repo"}}'

  const cases: [what: string, provider: string, sent: Parameters<typeof post>[2], status: number, code?: string][] = [
    ['a signed notification of GitHub', 'github', github, 202],
    ['a signed notification of Cal.com', 'calcom', calcom, 202],
    ['a wrong signature', 'github', { ...github, body: '{}' }, 401, 'EC_SIGNATURE_INVALID'],
    ['a wrong signature of Cal.com', 'calcom', { ...calcom, body: '{}' }, 401, 'EC_SIGNATURE_INVALID'],
    ['no signature', 'github', { body: '{}' }, 401, 'EC_SIGNATURE_MISSING'],
    ['an empty body without signature', 'github', {}, 401, 'EC_SIGNATURE_MISSING'],
    [
      'Cal.com without a secret',
      'calcom',
      { body: '{}', headers: { 'x-cal-signature-256': 'no-secret-provided' } },
      401,
      'EC_SIGNATURE_MISSING',
    ],
    ['authentic, but not JSON', 'github', githubPush('{"ref":'), 400, 'EC_NOTIFICATION_MALFORMED'],
    ['authentic, but of another repository', 'github', githubPush(foreign), 400, 'EC_NOTIFICATION_MALFORMED'],
    ['authentic Cal.com, but not JSON', 'calcom', calcomBooking('{'), 400, 'EC_NOTIFICATION_MALFORMED'],
  ]

  it.each(cases)('%s (%s)', async (_what, provider, sent, status, code) => {
    const doors = shared()
    const { id } = await doors.addResource({ provider, settings: { repository: 'ada/engine' } })
    const answer = await post(doors, `/webhooks/${provider}/${id}`, sent)
    expect(answer).toMatchObject({ status, code })
    if (status === 202) expect(answer.text).toBe('')
    else
      expect(answer.problem).toMatchObject({
        status,
        type: `urn:eventcenter:error:${code}`,
        hint: expect.stringMatching(/./),
      })
    const row = (await stored(doors)).find(({ resourceId }) => resourceId === id)
    expect(row).toMatchObject({
      resourceId: id,
      state: status === 202 ? 'accepted' : 'quarantined',
      reason: code ?? null,
    })
  })

  it('answers a duplicate like the first, and stores it once', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource()
    expect((await post(doors, `/webhooks/github/${id}`, github)).status).toBe(202)
    expect((await post(doors, `/webhooks/github/${id}`, github)).status).toBe(202)
    expect(await stored(doors)).toHaveLength(1)
    expect((await doors.meter.read()).text).toContain('ec_webhooks_total{provider="github",outcome="duplicate"} 1')
  })

  it('answers 404 for what it does not know, and keeps nothing of it', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource()
    const unknown = { status: 404, code: 'EC_RESOURCE_UNKNOWN' }
    expect(await post(doors, `/webhooks/github/${randomUUID()}`, github)).toMatchObject(unknown)
    expect(await post(doors, `/webhooks/calcom/${id}`, calcom)).toMatchObject(unknown)
    expect(await post(doors, '/webhooks/github/1', github)).toMatchObject(unknown)
    expect(await post(doors, `/webhooks/gitlab/${id}`, github)).toMatchObject({
      status: 404,
      code: 'EC_PROVIDER_UNKNOWN',
    })
    expect(await post(doors, `/webhooks/constructor/${id}`, github)).toMatchObject({
      status: 404,
      code: 'EC_PROVIDER_UNKNOWN',
    })
    for (const path of [
      '/webhooks/github',
      `/webhooks/github/${id}/`,
      `/webhooks/github/${id}/more`,
      '/webhook/gitlab',
      '/webhook/cal.com/x',
    ]) {
      expect(await post(doors, path, github)).toMatchObject({ status: 404, code: 'EC_NOT_FOUND' })
    }
    expect(await stored(doors)).toEqual([])
    // The right URL works all the same: what was asked before it has left nothing behind.
    expect((await post(doors, `/webhooks/github/${id}`, github)).status).toBe(202)
  })

  it('answers 405 to every other method and names POST', async () => {
    const doors = shared()
    const { id } = await doors.addResource()
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      const response = await fetch(`${doors.publicUrl}/webhooks/github/${id}`, { method })
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'POST'])
    }
  })

  it('answers 401 EC_SECRET_MISSING without a secret, and says why', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource({ secrets: [] })
    expect(await post(doors, `/webhooks/github/${id}`, github)).toMatchObject({
      status: 401,
      code: 'EC_SECRET_MISSING',
    })
    expect(await stored(doors)).toMatchObject([{ state: 'quarantined', reason: 'EC_SECRET_MISSING' }])
  })

  it('never tells the sender of a wrong signature what the right one is', async () => {
    const doors = shared()
    const { id } = await doors.addResource()
    const { headers } = githubPush('{}', 'wrong')
    const answer = await post(doors, `/webhooks/github/${id}`, { body: '{}', headers })
    const right = githubPush('{}').headers['x-hub-signature-256']
    expect(answer.status).toBe(401)
    expect(answer.text).not.toContain(right.slice(7, 20))
    expect(answer.text).not.toContain(SECRET)
  })

  it('holds what comes for a paused resource, with 202', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource()
    await doors.backend.store.updateResource(id, { paused: true })
    expect((await post(doors, `/webhooks/github/${id}`, github)).status).toBe(202)
    expect(await stored(doors)).toMatchObject([{ state: 'held' }])
  })

  it('answers 429 with Retry-After when one resource gets too much, before anything is verified', async () => {
    const doors = await openDoors({ settings: { resourceRate: { burst: 2, perSecond: 0.1 } } })
    const [{ id }, other] = [await doors.addResource(), await doors.addResource()]
    await post(doors, `/webhooks/github/${id}`)
    await post(doors, `/webhooks/github/${id}`)
    const answer = await post(doors, `/webhooks/github/${id}`, github)
    expect(answer).toMatchObject({ status: 429, code: 'EC_RATE_LIMITED' })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(5)
    expect((await post(doors, `/webhooks/github/${other.id}`, github)).status).toBe(202)
  })

  it('answers 429 when one address sends too much, whatever it asks for', async () => {
    const doors = await openDoors({ settings: { addressRate: { burst: 2, perSecond: 0.1 } } })
    const { id } = await doors.addResource()
    await post(doors, '/webhooks/github/1')
    await post(doors, '/webhooks/github/2')
    expect(await post(doors, `/webhooks/github/${id}`, github)).toMatchObject({ status: 429 })
  })

  it('answers 503 with Retry-After when too much waits, while it stops, and when the disk refuses', async () => {
    let broken = false
    const doors = await openDoors({
      settings: { maxBacklog: 10 },
      store: store => ({
        ...store,
        acceptNotifications: batch =>
          broken ? Promise.reject(new EcError('EC_STORAGE_FULL', 'no space')) : store.acceptNotifications(batch),
      }),
    })
    const { id } = await doors.addResource()
    doors.setBacklog(11)
    expect(await post(doors, `/webhooks/github/${id}`, github)).toMatchObject({ status: 503, code: 'EC_OVERLOADED' })
    doors.setBacklog(0)
    broken = true
    const full = await post(doors, `/webhooks/github/${id}`, github)
    expect(full).toMatchObject({ status: 503, code: 'EC_STORAGE_FULL' })
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0)
    broken = false
    expect((await post(doors, `/webhooks/github/${id}`, github)).status).toBe(202)
    doors.webhooks.drain()
    expect(await post(doors, `/webhooks/github/${id}`, github)).toMatchObject({ status: 503, code: 'EC_DRAINING' })
  })

  it('finds the resource of the older Cal.com path by its secret', async () => {
    const doors = await openDoors()
    await doors.addResource({ provider: 'calcom', secrets: ['another-secret'] })
    const { id } = await doors.addResource({ provider: 'calcom' })
    expect((await post(doors, '/webhook/cal.com', calcom)).status).toBe(202)
    expect(await stored(doors)).toMatchObject([{ resourceId: id, state: 'accepted' }])
    const wrong = calcomBooking('{}', 'third-secret')
    expect(await post(doors, '/webhook/cal.com', wrong)).toMatchObject({ status: 401, code: 'EC_SIGNATURE_INVALID' })
    expect(await stored(doors)).toHaveLength(1)
  })

  it('answers 404 on the older Cal.com path while no resource exists', async () => {
    const doors = await openDoors()
    expect(await post(doors, '/webhook/cal.com', calcom)).toMatchObject({ status: 404, code: 'EC_RESOURCE_UNKNOWN' })
    expect(await post(doors, '/webhook/gmail', calcom)).toMatchObject({ status: 404, code: 'EC_RESOURCE_UNKNOWN' })
  })
})

describe('what may come in', () => {
  it('refuses a declared length beyond the limit before a byte of the body is read', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource()
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(`POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: 26214401\r\n\r\n`)
    const answer = await connection.until(/EC_BODY_TOO_LARGE[^}]*}$/)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/connection: close/i)
    connection.end()
    await until(() => doors.listeners.memory().unverified === 0)
  })

  it.each(Object.keys(PROVIDERS))('takes of %s what its limit says, and not a byte more', async provider => {
    const doors = shared()
    const { id } = await doors.addResource({ provider })
    const limit = (provider === 'github' ? 25 : 1) * 1024 * 1024
    for (const [length, status] of [
      [limit, 100],
      [limit + 1, 413],
    ] as const) {
      const connection = new RawConnection(doors.listeners.port)
      const head = `POST /webhooks/${provider}/${id} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n`
      await connection.write(`${head}Content-Length: ${length}\r\n\r\n`)
      expect(await connection.until(/\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      connection.end()
    }
  })

  it('looks a resource up before it reads: an unknown one costs no body', async () => {
    const doors = shared()
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(
      `POST /webhooks/github/${randomUUID()} HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n`,
    )
    expect(await connection.until(/}$/)).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('counts a chunked body and refuses it once it is too large', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource({ provider: 'calcom' })
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(`POST /webhooks/calcom/${id} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`)
    const chunk = Buffer.alloc(64 * 1024, 'a')
    for (let sent = 0; sent < 40 && connection.text === ''; sent += 1) {
      await connection.write(`${chunk.length.toString(16)}\r\n`)
      await connection.write(chunk)
      await connection.write('\r\n')
    }
    expect(await connection.until(/}$/)).toMatch(/^HTTP\/1\.1 413 /)
    connection.end()
    await until(() => doors.listeners.memory().unverified === 0)
  })

  it('puts a body of single bytes together, whatever its framing', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource()
    const { body, headers } = githubPush()
    const head = Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
    const chunked = new RawConnection(doors.listeners.port)
    const chunks = [...body].map(char => `1\r\n${char}\r\n`).join('')
    await chunked.write(
      `POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\n${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
    )
    expect(await chunked.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 202 /)
    const slow = new RawConnection(doors.listeners.port)
    await slow.write(`POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\n${head}Content-Length: ${body.length}\r\n\r\n`)
    for (const char of body) await slow.write(char)
    expect(await slow.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 202 /)
    expect(await stored(doors)).toMatchObject([{ state: 'accepted' }])
    expect(doors.listeners.memory()).toEqual({ unverified: 0, authenticated: 0 })
  })

  it('takes the largest body that GitHub sends', async () => {
    const doors = shared()
    const { id } = await doors.addResource()
    const large = githubPush(JSON.stringify({ ref: 'x'.repeat(25 * 1024 * 1024 - 10) }))
    expect(large.body).toHaveLength(25 * 1024 * 1024)
    expect((await post(doors, `/webhooks/github/${id}`, large)).status).toBe(202)
    expect(doors.listeners.memory().unverified).toBe(0)
  })

  it('says "continue" to a sender who asks, and refuses without having read when it would not take the body', async () => {
    const doors = shared()
    const { id } = await doors.addResource()
    const { body, headers } = githubPush()
    const sent = await new Promise<{ status: number | undefined; continued: boolean }>((resolve, reject) => {
      let continued = false
      const request = httpRequest(`${doors.url}/webhooks/github/${id}`, {
        method: 'POST',
        headers: { ...headers, 'content-length': body.length, expect: '100-continue' },
      })
      request.on('continue', () => {
        continued = true
        request.end(body)
      })
      request.on('response', response => resolve({ status: response.statusCode, continued }))
      request.on('error', reject)
      request.flushHeaders()
    })
    expect(sent).toEqual({ status: 202, continued: true })
    const refused = new RawConnection(doors.listeners.port)
    await refused.write(
      `POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n`,
    )
    expect(await refused.until(/}$/)).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('refuses a proof that came twice, though Node would join the two', async () => {
    const doors = shared()
    const { id } = await doors.addResource()
    const { body, headers } = githubPush()
    const signature = headers['x-hub-signature-256']
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(
      `POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\n` +
        `X-GitHub-Delivery: ${headers['x-github-delivery']}\r\nX-Hub-Signature-256: ${signature}\r\n` +
        `x-hub-signature-256: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    const answer = await connection.until(/}$/)
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
    expect(answer).toContain('came more than once')
  })

  it('answers pipelined requests in their order', async () => {
    const doors = shared()
    const { id } = await doors.addResource()
    const { body, headers } = githubPush()
    const head = Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
    const good = `POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`
    const bad = `POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(good + bad + good + bad)
    await connection.until(/(HTTP\/1\.1 \d+[^]*){4}}$/)
    expect([...connection.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(match => match[1])).toEqual([
      '202',
      '401',
      '202',
      '401',
    ])
  })
})

describe('memory for bodies that nobody vouches for', () => {
  const limits = { unverifiedBytes: 256 * 1024, slowBodyMs: 0 }

  it('is given back when a sender goes away half-way', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource()
    const connections = await Promise.all([1, 1000, 50_000, 200_000].map(bytes => half(doors, id, bytes)))
    await until(() => doors.listeners.memory().unverified > 251_000)
    for (const connection of connections) connection.end()
    await until(() => doors.listeners.memory().unverified === 0)
    expect(doors.listeners.memory().unverified).toBe(0)
  })

  it('answers 503 with Retry-After when a body does not fit, and goes on with those that do', async () => {
    const doors = await openDoors({ listeners: { limits: { ...limits, slowBodyMs: 60_000 } } })
    const { id } = await doors.addResource()
    const holder = await half(doors, id, 100_000)
    await until(() => doors.listeners.memory().unverified >= 100_000)
    const late = await post(doors, `/webhooks/github/${id}`, { body: Buffer.alloc(250_000) })
    expect(late).toMatchObject({ status: 503, code: 'EC_OVERLOADED' })
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await post(doors, `/webhooks/github/${id}`, githubPush())).status).toBe(202)
    holder.end()
    await until(() => doors.listeners.memory().unverified === 0)
  })

  it('lets the bodies that dawdle longest give way to one that needs the room', async () => {
    const doors = await openDoors({ listeners: { limits } })
    const { id } = await doors.addResource()
    const slow = await half(doors, id, 100_000)
    await until(() => doors.listeners.memory().unverified >= 100_000)
    const answer = await post(doors, `/webhooks/github/${id}`, githubPush(JSON.stringify({ ref: 'x'.repeat(120_000) })))
    expect(answer.status).toBe(202)
    expect(await slow.until(/}$/)).toMatch(/^HTTP\/1\.1 503 /)
    slow.end()
    await until(() => doors.listeners.memory().unverified === 0)
  })

  it('ends a body that does not arrive in time with 408', async () => {
    const doors = await openDoors({
      listeners: { limits: { requestTimeoutMs: 200, headersTimeoutMs: 100, timeoutCheckMs: 20 } },
    })
    const { id } = await doors.addResource()
    const slow = await half(doors, id, 1000)
    const silent = new RawConnection(doors.listeners.port)
    await silent.write('POST /webhooks/gith')
    expect(await slow.until(/}$/)).toMatch(/^HTTP\/1\.1 408 .*EC_REQUEST_TIMEOUT/s)
    await Promise.all([slow.closed, silent.closed])
    expect(doors.listeners.memory().unverified).toBe(0)
  })
})

describe('whatever comes', () => {
  it('never makes it fail or stop, and leaves no memory charged', async () => {
    const doors = await openDoors()
    const resources = [await doors.addResource(), await doors.addResource({ provider: 'calcom' })]
    const headerName = fc.constantFrom(
      'x-hub-signature-256',
      'x-github-event',
      'x-github-delivery',
      'x-cal-signature-256',
      'content-type',
      'content-encoding',
      '__proto__',
      'constructor',
    )
    const headerValue = fc.string({
      unit: fc.constantFrom(...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))),
    })
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.json().map(text => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...resources),
        body,
        fc.dictionary(headerName, headerValue),
        fc.boolean(),
        async (resource, bytes, headers, sign) => {
          const text = Buffer.from(bytes)
          const signed = sign
            ? { ...headers, ...(resource.provider === 'github' ? sign256(text) : signCal(text)) }
            : headers
          const { status } = await post(doors, `/webhooks/${resource.provider}/${resource.id}`, {
            body: text,
            headers: signed,
          })
          expect(status).toBeGreaterThanOrEqual(200)
          expect(status).toBeLessThan(500)
          if (!sign) expect(status).toBe(401)
        },
      ),
      { numRuns: 300 },
    )
    expect(doors.listeners.memory().unverified).toBe(0)
  })

  it('answers bytes that are no HTTP, and goes on', async () => {
    const doors = await openDoors()
    const { id } = await doors.addResource()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), async bytes => {
        const connection = new RawConnection(doors.listeners.port)
        await connection.write(bytes)
        connection.socket.end()
        await connection.closed
        expect(connection.text).not.toMatch(/^HTTP\/1\.1 5/)
      }),
      { numRuns: 100 },
    )
    expect((await post(doors, `/webhooks/github/${id}`, githubPush())).status).toBe(202)
  })
})

function sign256(body: Buffer): Record<string, string> {
  return { 'x-hub-signature-256': githubPush(body.toString('latin1')).headers['x-hub-signature-256'] }
}

function signCal(body: Buffer): Record<string, string> {
  return { 'x-cal-signature-256': calcomBooking(body.toString('latin1')).headers['x-cal-signature-256'] }
}

/** A sender that stops half-way. */
async function half(doors: Doors, id: string, bytes: number): Promise<RawConnection> {
  const connection = new RawConnection(doors.listeners.port)
  await connection.write(`POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`)
  await connection.write(Buffer.alloc(bytes, 'a'))
  return connection
}
