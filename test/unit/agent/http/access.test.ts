import { request as httpRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ROUTES } from '#ec/agent/http/routes/index.js'
import { call, GOOD, open, viaSocket } from './calls.js'
import { bearer, serviceBearer, shareDoors, userBearer } from './doors.js'
import { RawConnection } from './raw.js'

const shared = shareDoors(atEnd => open({ atEnd }))

describe('health', () => {
  it('tells everybody the status and the operator the rest', async () => {
    const { doors, operator } = shared()
    expect(await call(doors, '/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(Object.keys((await call(doors, '/health')).body)).toEqual(['status'])
    expect((await call(doors, '/health', { headers: operator })).body).toMatchObject({ instance: 'ins', uptime_s: 1 })
    expect((await viaSocket(doors, '/health')).body).toMatchObject({ instance: 'ins' })
    expect((await call(doors, '/health', { headers: bearer('wrong') })).body).toEqual({ status: 'ok' })
    const publicly = await fetch(`${doors.publicUrl}/health`, { headers: operator })
    expect(await publicly.json()).toEqual({ status: 'ok' })
  })

  it('answers 503 while the agent stops or fails', async () => {
    const { doors } = shared()
    for (const status of ['draining', 'fail'] as const) {
      doors.setHealth({ status })
      expect(await call(doors, '/health')).toMatchObject({ status: 503, body: { status } })
    }
    doors.setHealth({ status: 'ok' })
  })

  it('answers HEAD as it answers GET, without a body', async () => {
    const { doors } = shared()
    expect(await call(doors, '/health', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
  })
})

describe('who may', () => {
  it('asks for a key or token on every route but the open ones, from loopback too', async () => {
    const { doors } = shared()
    for (const route of ROUTES.filter(({ allow, door }) => allow !== 'open' && door === undefined)) {
      const path = route.path.replace(/:\w+/g, 'x')
      const answer = await call(doors, path, { method: route.method })
      expect([route.path, answer.status, answer.body.code]).toEqual([route.path, 401, 'EC_UNAUTHENTICATED'])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="ec"')
    }
  })

  it('lets each caller do what the route says, and names the scope that is missing', async () => {
    const { doors } = shared()
    const callers = {
      operator: bearer(serviceBearer(doors, 'operate')),
      user: bearer(userBearer(doors, 'x')),
      emit: bearer(serviceBearer(doors, 'emit')),
      read: bearer(serviceBearer(doors, 'read')),
    }
    const names = ['operator', 'user', 'emit', 'read'] as const
    for (const route of ROUTES) {
      if (route.allow === 'open' || route.door !== undefined) continue
      const allow = route.allow
      for (const name of names.filter(name => !allow.includes(name))) {
        const answer = await call(doors, route.path.replace(/:\w+/g, 'x'), {
          method: route.method,
          headers: callers[name],
        })
        expect([route.path, name, answer.status, answer.body.code]).toEqual([route.path, name, 403, 'EC_FORBIDDEN'])
        expect(answer.body.detail).toContain('`operate`')
      }
    }
    const emitted = await call(doors, '/api/events', { method: 'POST', headers: callers.emit, json: GOOD })
    expect(emitted.status).toBe(202)
  })

  it('keeps backup and restore for the socket, whatever key comes', async () => {
    const { doors, operator } = shared()
    for (const path of ['/api/backup', '/api/restore']) {
      const answer = await call(doors, path, { method: 'POST', headers: operator, json: { file: '/tmp/x' } })
      expect(answer).toMatchObject({ status: 403, body: { code: 'EC_FORBIDDEN' } })
    }
  })

  it('takes the socket for the operator, under any Host', async () => {
    const { doors } = shared()
    expect((await viaSocket(doors, '/api/users?after=0')).body).toMatchObject({ next: null })
  })

  it('asks for the secret on a socket that file rights do not guard', async () => {
    const { doors } = await open({ listeners: { socketSecret: 'pipe-secret' } })
    expect((await viaSocket(doors, '/api/users')).status).toBe(401)
  })

  it('makes wrong keys of one address wait, and never a right one', async () => {
    const { doors, operator } = await open({ listeners: { limits: { failedLogins: { burst: 3, perSecond: 0.1 } } } })
    for (let i = 0; i < 3; i += 1)
      expect((await call(doors, '/api/users', { headers: bearer(`no-${i}`) })).status).toBe(401)
    const refused = await call(doors, '/api/users', { headers: bearer('no-3') })
    expect(refused).toMatchObject({ status: 429, body: { code: 'EC_RATE_LIMITED' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1)
    expect((await call(doors, '/api/users', { headers: operator })).status).toBe(200)
    expect((await viaSocket(doors, '/api/users')).status).toBe(200)
  })

  it('refuses before it reads: a stranger costs no memory', async () => {
    const { doors } = shared()
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(
      'POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n',
    )
    expect(await connection.until(/}$/)).toMatch(/^HTTP\/1\.1 401 /)
    expect(doors.listeners.memory().authenticated).toBe(0)
  })

  it.each(['Basic abc', 'Bearer', 'Bearer a b', 'Bearer  ', `Bearer ${'x'.repeat(5000)}`])(
    'refuses %s',
    async authorization => {
      const { doors } = shared()
      expect((await call(doors, '/api/users', { headers: { authorization } })).status).toBe(401)
    },
  )
})

describe('the Host that a request names', () => {
  it('has to be ours on the API and pages, not on webhooks and health', async () => {
    const { doors } = await open({ listeners: { hosts: ['Ec.Example', 'fd00::1'] } })
    const { port } = doors.listeners
    for (const host of ['localhost', '127.0.0.1:9', '[::1]:8787', 'ec.example', 'EC.example.:443', '[fd00::1]']) {
      expect([host, await withHost(port, host, '/openapi.json')]).toEqual([host, 200])
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '@localhost', 'localhost:x']) {
      expect([host, await withHost(port, host, '/openapi.json')]).toEqual([host, 403])
    }
    expect(await withHost(port, 'evil.example', '/inbox')).toBe(403)
    expect(await withHost(port, 'evil.example', '/health')).toBe(200)
    expect(await withHost(port, 'evil.example', '/webhooks/github/x')).toBe(405)
  })
})

describe('the public door', () => {
  it('shows webhooks and the bare health, and nothing else', async () => {
    const { doors } = shared()
    const operator = bearer(serviceBearer(doors, 'operate'))
    for (const path of [
      '/api/status',
      '/api/events',
      '/metrics',
      '/openapi.json',
      '/events',
      '/ws',
      '/inbox',
      '/%61pi/users',
      '/health/',
    ]) {
      const response = await fetch(doors.publicUrl + path, { headers: operator })
      expect([path, response.status]).toEqual([path, 404])
    }
    expect((await fetch(`${doors.publicUrl}/health`)).status).toBe(200)
  })

  it('shows more when told to, never the figures', async () => {
    const { doors } = await open({ listeners: { public: { host: '127.0.0.1', port: 0, expose: ['api', 'pages'] } } })
    const operator = bearer(serviceBearer(doors, 'operate'))
    const status = async (path: string) => (await fetch(doors.publicUrl + path, { headers: operator })).status
    expect(await status('/api/users')).toBe(200)
    expect(await status('/metrics')).toBe(404)
    expect(await status('/api/ws/ticket')).toBe(404)
    expect(await status('/%6detrics')).toBe(404)
  })
})

function withHost(port: number | null, host: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers: { host } })
    request.on('response', response => resolve(response.resume().statusCode ?? 0))
    request.on('error', reject)
    request.end()
  })
}
