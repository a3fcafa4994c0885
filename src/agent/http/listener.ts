import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Door } from './api.ts'
import { answerClientError } from './client-error.ts'
import type { HttpLimits } from './limits.ts'
import { listenOnSocket } from './operator-socket.ts'
import { responseOn } from './response-on.ts'

export interface ListenerOptions {
  readonly door: Door
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string }
  readonly limits: HttpLimits
  readonly clock: Clock
  readonly log: Log
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, door: Door) => void
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, door: Door) => void
}

/** How often a closing listener looks for connections that have become idle. */
const CLOSE_CHECK_MS = 50

/** One door: a plain `node:http` server with limits on time, size and number, and an orderly end. */
export class Listener {
  readonly #options: ListenerOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #draining = false

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#server = createHttpServer(options.limits)
    this.#server.on('connection', this.#onConnection)
    this.#server.on('request', this.#onRequest)
    // Whoever reads the body says "continue"; a refusal comes without the body having been sent.
    this.#server.on('checkContinue', this.#onRequest)
    this.#server.on('upgrade', this.#onUpgrade)
    this.#server.on('clientError', answerClientError)
  }

  /** Resolves once it accepts connections. `EC_PORT_BUSY`, `EC_AGENT_RUNNING`, `EC_CONFIG_INVALID`. */
  async open(): Promise<void> {
    const { at, log, door } = this.#options
    if ('path' in at) await listenOnSocket(this.#server, at.path)
    else await listenOnPort(this.#server, at.host, at.port, door)
    this.#server.on('error', error => log.error('a listener has failed', { door, error: error.message }))
  }

  /** The port in use; null for a socket in the file system. */
  get port(): number | null {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : null
  }

  get connections(): number {
    return this.#sockets.size
  }

  /** Goes on serving, but every answer is the last on its connection. */
  drain(): void {
    this.#draining = true
    for (const socket of this.#sockets) {
      const response = responseOn(socket)
      if (response !== null) response.shouldKeepAlive = false
    }
  }

  /** Accepts nothing more, lets what runs finish, and after `graceMs` ends what is left. */
  async close(graceMs: number): Promise<void> {
    this.drain()
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    this.#endIdle()
    const { clock } = this.#options
    const endAt = clock.monotonic() + graceMs
    let timer = clock.setTimer(check, Math.min(CLOSE_CHECK_MS, graceMs))
    const endIdle = () => this.#endIdle()
    const endAll = () => this.#endAll()
    await closed
    timer.cancel()

    function check(): void {
      if (clock.monotonic() >= endAt) return endAll()
      endIdle()
      timer = clock.setTimer(check, CLOSE_CHECK_MS)
    }
  }

  #endIdle(): void {
    this.#server.closeIdleConnections()
    // Node counts a connection that never sent a byte as busy.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy()
  }

  #endAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  readonly #onConnection = (socket: Socket): void => {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
  }

  readonly #onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.#draining) response.shouldKeepAlive = false
    this.#options.onRequest(request, response, this.#options.door)
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#options.onUpgrade(request, socket, head, this.#options.door)
  }
}

function createHttpServer(limits: HttpLimits): Server {
  const options = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.timeoutCheckMs,
    maxHeaderSize: limits.maxHeaderBytes,
    // Java's client offers h2c with every request. Newer Nodes let us pass over it and answer in HTTP/1.1.
    shouldUpgradeCallback: isWebSocketUpgrade,
  }
  const server = createServer(options)
  server.maxConnections = limits.maxConnections
  return server
}

function isWebSocketUpgrade(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket'
}

function listenOnPort(server: Server, host: string, port: number, door: Door): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.off('error', fail)
      resolve()
    })

    function fail(error: NodeJS.ErrnoException): void {
      reject(explain(error, host, port, door))
    }
  })
}

function explain(error: NodeJS.ErrnoException, host: string, port: number, door: Door): Error {
  const setting = door === 'public' ? '`public.port`' : '--port'
  switch (error.code) {
    case 'EADDRINUSE':
      return new EcError('EC_PORT_BUSY', `another program listens on ${host}:${port}`, {
        hint: `choose another with ${setting}`,
        cause: error,
      })
    case 'EACCES':
      return new EcError('EC_CONFIG_INVALID', `this user may not listen on port ${port}`, {
        hint: `choose a port from 1024 on with ${setting}`,
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new EcError('EC_CONFIG_INVALID', `${host} is no address of this machine`, {
        hint: door === 'public' ? 'set another `public.host`' : 'choose another with --host',
        cause: error,
      })
    default:
      return error
  }
}
