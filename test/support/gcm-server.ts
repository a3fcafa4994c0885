import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import { makeCertificate } from './certificate.js'
import { decodeTexts, decodeVarint, encodeMessage, encodeVarint } from './protobuf.js'
import { openPushEndpoint, type PushEndpoint, type Sent } from './push-endpoint.js'

/**
 * Google's push service as Chromium speaks with it, small enough for a test: check-in, registration (a form), and MCS, the
 * long connection over which messages come. What comes while a browser is away waits for it.
 */
export interface GcmServer extends PushEndpoint {
  /** Flags of a Chromium that is to use it. */
  readonly args: readonly string[]
  readonly connected: () => number
  /** Chromium makes its endpoints up itself, at Google; this is the same one here. */
  localEndpoint(text: string): string
  /** The subscription ends: senders get 410. The browser is not told. */
  expire(endpoint: string): void
}

interface Registration {
  readonly subtype: string
  readonly sender: string
}

const VERSION = 41
const [LOGIN_REQUEST, LOGIN_RESPONSE, DATA_MESSAGE] = [2, 3, 8]
const [PING, PONG] = [0, 1]
const CATEGORY = 'org.chromium.linux'
/** What builds of no channel use; the others use fcm.googleapis.com. */
const REMOTE = /https:\/\/(?:jmt17\.google\.com|fcm\.googleapis\.com)\/fcm\/send\//g

export async function openGcmServer(): Promise<GcmServer> {
  const registrations = new Map<string, Registration>()
  const waiting: { id: string; frame: Buffer }[] = []
  const sockets = new Set<TLSSocket>()

  function deliver(path: string, { body, encoding }: Sent): number {
    const registration = registrations.get(path.split('/').at(-1) ?? '')
    if (registration === undefined) return 410
    const id = randomUUID()
    const appData: readonly (readonly [string, string])[] = [
      ['subtype', registration.subtype],
      ...(body.length === 0 ? [] : [['content-encoding', encoding] as const]),
    ]
    const frame = frameOf(DATA_MESSAGE, [
      [3, registration.sender],
      [5, CATEGORY],
      ...appData.map(
        ([key, value]) =>
          [
            7,
            encodeMessage([
              [1, key],
              [2, value],
            ]),
          ] as const,
      ),
      [9, id],
      [17, 3_600],
      [18, BigInt(Date.now())],
      ...(body.length === 0 ? [] : [[21, body] as const]),
    ])
    waiting.push({ id, frame })
    for (const socket of sockets) socket.write(frame)
    return 201
  }

  /** Messages that the browser has had stand in its next login. */
  function login(socket: TLSSocket, message: Buffer): void {
    const had = new Set((decodeTexts(message).get(10) ?? []).map(String))
    for (let i = waiting.length - 1; i >= 0; i--) if (had.has(waiting[i]?.id ?? '')) waiting.splice(i, 1)
    socket.write(
      Buffer.concat([
        Buffer.from([VERSION]),
        frameOf(LOGIN_RESPONSE, [
          [1, 'chrome-1'],
          [8, BigInt(Date.now())],
        ]),
      ]),
    )
    sockets.add(socket)
    for (const { frame } of waiting) socket.write(frame)
  }

  const { key, cert } = makeCertificate()
  const mcs = createTlsServer({ key, cert }, socket => {
    let buffer = Buffer.alloc(0)
    let greeted = false
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', chunk => {
      buffer = Buffer.concat([buffer, chunk])
      if (!greeted && buffer.length > 0) {
        greeted = true
        buffer = buffer.subarray(1)
      }
      for (;;) {
        const size = buffer.length === 0 ? null : decodeVarint(buffer, 1)
        if (size === null || buffer.length < size[1] + size[0]) return
        const tag = buffer[0]
        const message = buffer.subarray(size[1], size[1] + size[0])
        buffer = buffer.subarray(size[1] + size[0])
        if (tag === LOGIN_REQUEST) login(socket, message)
        if (tag === PING) socket.write(frameOf(PONG, []))
      }
    })
  })
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    if (request.url === '/checkin') {
      const answer = encodeMessage([
        [1, 1],
        [3, BigInt(Date.now())],
        [7, { fixed64: 5_000_000_001n }],
        [8, { fixed64: 6_000_000_001n }],
      ])
      response.setHeader('content-type', 'application/x-protobuf').end(answer)
      return
    }
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    if (form.get('delete') === 'true') {
      response.end(`deleted=${form.get('app')}`)
      return
    }
    const token = randomUUID().replaceAll('-', '')
    registrations.set(token, { subtype: form.get('X-subtype') ?? '', sender: form.get('sender') ?? '' })
    response.end(`token=${token}`)
  })
  const endpoint = await openPushEndpoint(deliver)
  await Promise.all([mcs, http].map(server => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))))
  const [mcsPort, httpPort] = [mcs, http].map(server => (server.address() as AddressInfo).port)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    http.closeAllConnections()
    http.close()
    mcs.close()
  })

  return {
    ...endpoint,
    args: [
      `--gcm-checkin-url=http://127.0.0.1:${httpPort}/checkin`,
      `--gcm-registration-url=http://127.0.0.1:${httpPort}/register`,
      `--gcm-mcs-endpoint=https://127.0.0.1:${mcsPort}`,
      '--ignore-certificate-errors',
    ],
    connected: () => sockets.size,
    localEndpoint: text => text.replaceAll(REMOTE, `https://${endpoint.host}/fcm/send/`),
    expire: url => void registrations.delete(url.split('/').at(-1) ?? ''),
  }
}

function frameOf(tag: number, fields: Parameters<typeof encodeMessage>[0]): Buffer {
  const message = encodeMessage(fields)
  return Buffer.concat([Buffer.from([tag]), encodeVarint(message.length), message])
}
