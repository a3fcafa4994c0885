import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '#ec/core/error-codes.js'
import type { Log, LogFields } from '#ec/core/log.js'
import { call, GOOD, open } from './calls.js'
import { shareDoors } from './doors.js'
import { RawConnection } from './raw.js'

const shared = shareDoors(atEnd => open({ atEnd }))

describe('refusals', () => {
  it('are problem documents with code and hint', async () => {
    const { doors } = shared()
    const answer = await call(doors, '/api/evnts')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.body).toEqual({
      type: 'urn:eventcenter:error:EC_NOT_FOUND',
      title: ERROR_CODES.EC_NOT_FOUND.title,
      status: 404,
      detail: 'there is nothing at this path',
      code: 'EC_NOT_FOUND',
      hint: 'did you mean /api/events?',
    })
  })

  it('name the methods of a path that takes others', async () => {
    const { doors } = shared()
    const answer = await call(doors, '/api/events/evt_1', { method: 'PUT' })
    expect(answer).toMatchObject({ status: 405, body: { code: 'EC_METHOD_NOT_ALLOWED', allow: ['GET', 'DELETE'] } })
    expect(answer.headers.get('allow')).toBe('GET, DELETE')
  })

  it('name a query parameter that is given twice', async () => {
    const { doors, operator } = shared()
    const answer = await call(doors, '/api/events?limit=2&limit=3', { headers: operator })
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'EC_USAGE', parameter: 'limit', detail: '`limit` is given more than once', hint: 'give it once' },
    })
  })

  it('tell who asks for /ws without a WebSocket what it is', async () => {
    const { doors } = shared()
    const answer = await call(doors, '/ws')
    expect(answer).toMatchObject({ status: 426, body: { code: 'EC_USAGE', detail: 'this path speaks WebSocket' } })
    expect(answer.headers.get('upgrade')).toBe('websocket')
  })

  it('name an unknown query parameter and the nearest known one', async () => {
    const { doors, operator } = shared()
    const answer = await call(doors, '/api/events?limt=3', { headers: operator })
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'EC_USAGE', parameter: 'limt', hint: 'did you mean `limit`?' },
    })
    expect((await call(doors, '/api/status?x=1', { headers: operator })).status).toBe(400)
  })

  it.each([
    ['limit=0', '1 to 1000'],
    ['limit=1001', '1 to 1000'],
    ['limit=ten', '1 to 1000'],
    ['limit=5&limit=6', 'limit'],
    ['level=loud', 'info, warning, error, critical'],
    ['state=open', 'unread'],
    ['after=%20', 'cursor'],
    ['user=a%20b', '128'],
  ])('say what ?%s may be', async (query, allowed) => {
    const { doors, operator } = shared()
    const answer = await call(doors, `/api/events?${query}`, { headers: operator })
    expect(answer.status).toBe(400)
    expect(answer.body.detail).toContain(allowed)
  })

  it('say where JSON breaks, and refuse what is no JSON, UTF-8 or known type', async () => {
    const { doors, operator } = shared()
    const post = (body: string | Buffer, type = 'application/json') =>
      call(doors, '/api/events', { method: 'POST', headers: { ...operator, 'content-type': type }, body })
    expect((await post('{"a":1,\n "b" 2}')).body).toMatchObject({
      status: 400,
      code: 'EC_BODY_INVALID',
      line: 2,
      column: 6,
    })
    expect((await post(Buffer.from([0x22, 0xff, 0x22]))).body).toMatchObject({
      status: 400,
      detail: 'the body is not UTF-8',
    })
    expect((await post('{"__proto__":{"a":1}}')).body).toMatchObject({ status: 400, code: 'EC_BODY_INVALID' })
    expect((await post('{"x":[{"\\u005f_proto__":1}]}')).body).toMatchObject({ status: 400 })
    expect((await post('{"constructor":{"prototype":1}}')).body).toMatchObject({ status: 400 })
    expect((await post('['.repeat(10_000))).body).toMatchObject({
      status: 400,
      detail: 'the JSON is nested deeper than 64',
    })
    expect((await post('a=b', 'application/x-www-form-urlencoded')).body).toMatchObject({
      status: 415,
      code: 'EC_MEDIA_TYPE',
    })
    expect((await post('{}', 'text/plain')).status).toBe(415)
    expect((await post('{}', '\u00e4')).status).toBe(415)
    expect((await post('')).body).toMatchObject({ status: 422 })
    expect((await post('\ufeff' + JSON.stringify(GOOD))).status).toBe(202)
  })

  it('say nothing of what broke inside, but where to look for it', async () => {
    const lines: [string, LogFields | undefined][] = []
    const log: Log = { debug() {}, info() {}, warn() {}, error: (message, fields) => lines.push([message, fields]) }
    const { doors, operator } = await open({ log, api: { users: { list: breakDown } as never } })
    const answer = await call(doors, '/api/users', { headers: operator })
    expect(answer).toMatchObject({ status: 500, body: { code: 'EC_INTERNAL' } })
    expect(answer.text).not.toContain('12345')
    expect(lines).toEqual([['a request failed', { request: answer.body.request_id, error: 'the secret is 12345' }]])
  })

  it.each([
    '/api/events/%',
    '/api/events/%E0%A4%A',
    '/api/%2F',
    '//api/events',
    '/api/events//',
    `/api/events/${'x'.repeat(600)}`,
  ])('are plain for the path %s', async path => {
    const { doors, operator } = shared()
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${operator.authorization}\r\n\r\n`,
    )
    expect(await connection.until(/}$/)).toMatch(/^HTTP\/1\.1 (400|404) .*"code":"EC_/s)
  })

  it.each([
    ['GARBAGE\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
  ])('answer what is no request (%#)', async (text, status) => {
    const { doors } = shared()
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(text)
    await connection.closed
    expect(connection.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})

function breakDown(): Promise<never> {
  return Promise.reject(new Error('the secret is 12345'))
}
