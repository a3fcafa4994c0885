import { spawnSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Door, StreamApi, WebhookAnswer } from '#ec/agent/http/api.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { tempDir } from '../../../support/temp-dir.js'
import { open } from './calls.js'
import { githubPush, openDoors } from './doors.js'
import { RawConnection, until } from './raw.js'

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGVzdA==\r\n\r\n'

describe('opening', () => {
  it('refuses a busy port with EC_PORT_BUSY and opens nothing then', async () => {
    const { doors } = await open()
    const socketPath = join(tempDir(), 's')
    const taken = { host: '127.0.0.1', port: doors.listeners.port }
    await expect(openDoors({ listeners: { public: { ...taken, expose: [] }, socketPath } })).rejects.toMatchObject({
      code: 'EC_PORT_BUSY',
    })
    expect(existsSync(socketPath)).toBe(false)
  })

  it('says when the host is no address of this machine', async () => {
    const elsewhere = { host: '192.0.2.1', port: 0 }
    await expect(openDoors({ listeners: { private: elsewhere } })).rejects.toMatchObject({ code: 'EC_CONFIG_INVALID' })
  })

  it('says which trusted proxy is no address', async () => {
    await expect(openDoors({ listeners: { trustedProxies: ['10.0.0.0/99'] } })).rejects.toMatchObject({
      code: 'EC_CONFIG_INVALID',
      message: expect.stringContaining('10.0.0.0/99'),
    })
  })

  it('makes a socket for its owner alone, and leaves the mask of the process as it was', async () => {
    const mask = process.umask()
    const { doors } = await open()
    expect(statSync(doors.socketPath).mode & 0o777).toBe(0o600)
    expect(process.umask()).toBe(mask)
    await doors.listeners.close(0)
    expect(existsSync(doors.socketPath)).toBe(false)
  })

  it('takes the place of a socket that nobody answers on', async () => {
    const socketPath = join(tempDir(), 's')
    leaveStaleSocket(socketPath)
    expect(existsSync(socketPath)).toBe(true)
    const doors = await openDoors({ listeners: { socketPath } })
    const connection = new RawConnection(socketPath)
    await connection.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await connection.until(/}$/)).toContain('"instance"')
    expect(doors.listeners.socketPath).toBe(socketPath)
  })

  it('refuses to push an answering agent or a file aside', async () => {
    const { doors } = await open()
    const { socketPath } = doors
    await expect(openDoors({ listeners: { socketPath } })).rejects.toMatchObject({ code: 'EC_AGENT_RUNNING' })
    const file = join(tempDir(), 'f')
    writeFileSync(file, 'precious')
    await expect(openDoors({ listeners: { socketPath: file } })).rejects.toMatchObject({ code: 'EC_DATA_DIR' })
    expect(existsSync(file)).toBe(true)
  })
})

describe('closing', () => {
  const POST = 'POST /webhooks/github/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}'

  it('lets a running request finish, tells its sender not to come back, and ends idle connections', async () => {
    const { doors, clock, finish, isWaiting } = await openSlow()
    const idle = new RawConnection(doors.listeners.port)
    const used = new RawConnection(doors.listeners.port)
    await used.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
    await used.until(/}$/)
    const busy = new RawConnection(doors.listeners.port)
    await busy.write(POST)
    await until(isWaiting)
    const closed = doors.listeners.close(10_000)
    await Promise.all([idle.closed, used.closed])
    finish({ status: 202 })
    expect(await busy.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 202 .*connection: close/is)
    await busy.closed
    clock.advance(100)
    await closed
    await expect(fetch(doors.url)).rejects.toThrow()
  })

  it('ends by force what has not ended after the grace', async () => {
    const { doors, clock, isWaiting } = await openSlow()
    const busy = new RawConnection(doors.listeners.port)
    await busy.write(POST)
    await until(isWaiting)
    const closed = doors.listeners.close(1000)
    clock.advance(900)
    expect(busy.socket.destroyed).toBe(false)
    clock.advance(200)
    await closed
    await busy.closed
    expect(busy.text).toBe('')
  })

  it('goes on answering while it drains, each answer the last on its connection', async () => {
    const { doors } = await open()
    doors.listeners.drain()
    doors.setHealth({ status: 'draining' })
    const connection = new RawConnection(doors.listeners.port)
    await connection.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
    await connection.closed
    expect(connection.text).toMatch(/^HTTP\/1\.1 503 .*connection: close.*{"status":"draining"}$/is)
  })
})

describe('upgrades', () => {
  it('hands /ws over with its door, and refuses every other path', async () => {
    const { doors, taken } = await openWithStream()
    expect(await ask(doors.listeners.port, '/ws?cursor=a.1')).toMatch(/ 101 /)
    expect(await ask(doors.socketPath, '/ws', 'any')).toMatch(/ 101 /)
    expect(taken).toEqual([
      ['/ws?cursor=a.1', 'private'],
      ['/ws', 'socket'],
    ])
    expect(await ask(doors.listeners.port, '/api/events')).toMatch(/^HTTP\/1\.1 404 .*EC_NOT_FOUND/s)
  })

  it('refuses another Host, the public door unless it shows it, and everybody while it stops', async () => {
    const { doors } = await openWithStream()
    expect(await ask(doors.listeners.port, '/ws', 'evil.example')).toMatch(/^HTTP\/1\.1 403 .*EC_HOST_NOT_ALLOWED/s)
    expect(await ask(doors.listeners.publicPort, '/ws')).toMatch(/^HTTP\/1\.1 404 /)
    const shown = await openWithStream({ public: { host: '127.0.0.1', port: 0, expose: ['ws'] } })
    expect(await ask(shown.doors.listeners.publicPort, '/ws')).toMatch(/ 101 /)
    doors.listeners.drain()
    expect(await ask(doors.listeners.port, '/ws')).toMatch(/^HTTP\/1\.1 503 .*EC_DRAINING/s)
  })

  it('does not stumble over an offer of HTTP/2', async () => {
    const { doors } = await openWithStream()
    const h2c = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n'
    // Newer Nodes pass over the offer and answer the request itself; older ones cannot, and we say so.
    expect(await ask(doors.listeners.port, '/health', 'localhost', h2c)).toMatch(/^HTTP\/1\.1 (200|400) /)
  })

  it('survives a socket that breaks while it is refused', async () => {
    const { doors } = await openWithStream()
    const connection = new RawConnection(doors.listeners.port)
    await connection.write(`GET /nothing HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}`)
    connection.socket.resetAndDestroy()
    await connection.closed
    expect(await ask(doors.listeners.port, '/ws')).toMatch(/ 101 /)
  })
})

describe('the address that requests count under', () => {
  it('is the peer, whatever it says of itself', async () => {
    expect(await statusesFor([], '198.51.100.1', '198.51.100.2')).toEqual([202, 429])
  })

  it('is what a trusted proxy has seen, not what was told to the proxy', async () => {
    const trusted = ['127.0.0.1', '10.0.0.0/8']
    expect(await statusesFor(trusted, '198.51.100.1', '198.51.100.2')).toEqual([202, 202])
    expect(await statusesFor(trusted, '1.1.1.1, 198.51.100.1', '2.2.2.2, 198.51.100.1, 10.1.1.1')).toEqual([202, 429])
    expect(await statusesFor(trusted, 'nonsense', '')).toEqual([202, 429])
  })
})

/** What a killed agent leaves behind. */
function leaveStaleSocket(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
}

/** Doors whose webhooks wait for `finish`. */
async function openSlow() {
  let finish: ((answer: WebhookAnswer) => void) | undefined
  let waiting = 0
  const receive = () =>
    new Promise<WebhookAnswer>(resolve => {
      waiting += 1
      finish = resolve
    })
  const webhooks = { admit: async () => ({ maxBodyBytes: 1000, receive }), admitByPath: async () => null }
  const clock = new FakeClock()
  const doors = await openDoors({ clock, api: { webhooks } })
  return { doors, clock, finish: (answer: WebhookAnswer) => finish?.(answer), isWaiting: () => waiting > 0 }
}

async function openWithStream(listeners = {}) {
  const taken: [string | undefined, Door][] = []
  const stream: StreamApi = {
    upgrade(request: IncomingMessage, socket: Duplex, _head: Buffer, door: Door) {
      taken.push([request.url, door])
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    },
    openEventStream() {},
  }
  return { doors: await openDoors({ api: { stream }, listeners }), taken }
}

async function ask(to: number | string | null, path: string, host = 'localhost', upgrade = UPGRADE): Promise<string> {
  const connection = new RawConnection(to ?? 0)
  await connection.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${upgrade}`)
  await connection.closed
  return connection.text
}

async function statusesFor(trustedProxies: string[], ...forwarded: string[]): Promise<number[]> {
  const settings = { addressRate: { burst: 1, perSecond: 0.001 } }
  const doors = await openDoors({ settings, listeners: { trustedProxies } })
  const { id } = await doors.addResource()
  const statuses: number[] = []
  for (const address of forwarded) {
    const sent = githubPush()
    const headers = { ...sent.headers, 'x-forwarded-for': address }
    statuses.push((await fetch(`${doors.url}/webhooks/github/${id}`, { ...sent, method: 'POST', headers })).status)
  }
  return statuses
}
