import { constants, createSecureServer, type Http2ServerRequest, type Http2Session } from 'node:http2'
import type { IncomingMessage } from 'node:http'
import { createServer as createHttp1Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { makeCertificate } from './certificate.js'
import { createPushBrowser } from './push-browser.js'

/** How the service meets the next request for a device. */
export type Behaviour =
  | number
  | { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string }
  /** The connection ends without an answer, or after the head of one. */
  | 'cut'
  | 'cut_body'
  /** Nothing comes, or nothing after the head of a 201. */
  | 'hang'
  | 'hang_body'
  /** The service ends the connection in order and leaves the request untouched. */
  | 'goaway'
  /** So is a message met for the first time; when it comes again, by its topic, it is taken. */
  | { readonly once: 503 | 'goaway' }

export interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: number
  /** What the browser reads. */
  readonly message: {
    readonly notification: { readonly title: string; readonly app_badge: string }
    readonly app_badge: number
    readonly ec: { readonly id: string; readonly seq?: number; readonly close?: readonly string[] }
  }
}

/** A push service of our own: real TLS on loopback, real decryption, and every way in which one can fail. */
export interface PushService {
  readonly host: string
  readonly ca: string
  readonly received: readonly Received[]
  readonly connections: () => number
  /** A new device; its requests meet `behaviours` in turn, then 201. */
  subscribe(...behaviours: readonly Behaviour[]): { endpoint: string; p256dh: string; auth: string }
  /** What a device meets from now on when nothing else is left for it; null = 201. */
  stand(endpoint: string, behaviour: Behaviour | null): void
  /** Requests that have come, answered or not. */
  readonly arrived: () => number
}

/** What answers of both versions have. */
interface Answering {
  on(event: 'error', listener: () => void): unknown
  writeHead(status: number, headers?: Record<string, string>): unknown
  end(text: string): unknown
  write(text: string): boolean
}

export async function openPushService(options: { readonly http1?: boolean } = {}): Promise<PushService> {
  const { key, cert } = makeCertificate()
  const devices = new Map<string, { browser: ReturnType<typeof createPushBrowser>; behaviours: Behaviour[] }>()
  const standing = new Map<string, Behaviour>()
  const received: Received[] = []
  /** Messages that were refused once. */
  const refused = new Set<string>()
  const sockets = new Set<Socket>()
  let connections = 0
  let arrived = 0

  async function handle(request: Http2ServerRequest | IncomingMessage, response: Answering): Promise<void> {
    request.on('error', () => {})
    response.on('error', () => {})
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    arrived += 1
    const path = request.url ?? ''
    const device = devices.get(path)
    if (!device) return reply(response, 404)
    const behaviour = met(path, request.headers['topic'], device.behaviours.shift() ?? standing.get(path) ?? 201)
    if (behaviour === 'hang') return
    if (behaviour === 'cut') return cutAll()
    if (behaviour === 'goaway') return goAway('stream' in request ? request.stream.session : undefined, request)
    if (behaviour === 'hang_body' || behaviour === 'cut_body') {
      response.writeHead(201, { 'content-length': '10' })
      response.write('x')
      if (behaviour === 'cut_body') setImmediate(cutAll)
      return
    }
    const answer = typeof behaviour === 'number' ? { status: behaviour } : behaviour
    if (answer.status < 300) {
      const body = Buffer.concat(chunks)
      const message = JSON.parse(device.browser.decrypt(body).toString('utf8'))
      received.push({ path, headers: request.headers, bytes: body.length, message })
    }
    reply(response, answer.status, answer.headers, answer.text)
  }

  function met(path: string, topic: unknown, behaviour: Behaviour): Exclude<Behaviour, { readonly once: unknown }> {
    if (typeof behaviour !== 'object' || !('once' in behaviour)) return behaviour
    const message = `${path} ${String(topic)}`
    if (refused.has(message)) return 201
    refused.add(message)
    return behaviour.once
  }

  /** From below, where HTTP/2 cannot say goodbye. */
  function cutAll(): void {
    for (const socket of sockets) socket.destroy()
  }

  const answer = (request: Http2ServerRequest | IncomingMessage, response: Answering): void =>
    void handle(request, response).catch(() => reply(response, 400))
  const server =
    options.http1 === true
      ? createHttp1Server({ key, cert, ALPNProtocols: ['http/1.1'] }, answer)
      : createSecureServer({ key, cert }, answer)
  server.on('sessionError', () => {})
  server.on('secureConnection', socket => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    cutAll()
    await new Promise<void>(resolve => void server.close(() => resolve()))
  })
  const { port } = server.address() as AddressInfo
  const host = `localhost:${port}`

  return {
    host,
    ca: cert,
    received,
    connections: () => connections,
    arrived: () => arrived,
    subscribe(...behaviours) {
      const browser = createPushBrowser()
      const path = `/push/${devices.size + 1}`
      devices.set(path, { browser, behaviours: [...behaviours] })
      return { endpoint: `https://${host}${path}`, p256dh: browser.p256dh, auth: browser.auth }
    },
    stand(endpoint, behaviour) {
      const path = new URL(endpoint).pathname
      if (behaviour === null) standing.delete(path)
      else standing.set(path, behaviour)
    },
  }
}

function reply(response: Answering, status: number, headers: Record<string, string> = {}, text = ''): void {
  response.writeHead(status, headers)
  response.end(text)
}

/** Node answers a stream above the last one of a GOAWAY with REFUSED_STREAM; this one is said to be above it. */
function goAway(session: Http2Session | undefined, request: Http2ServerRequest | IncomingMessage): void {
  if (!session || !('stream' in request)) return
  session.goaway(constants.NGHTTP2_NO_ERROR, Math.max(0, (request.stream.id ?? 1) - 2))
}
