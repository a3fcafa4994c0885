import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { EcError, toEcError } from '../../../core/errors.ts'
import { parseCursor, type StreamCursor } from '../../../core/stream-cursor.ts'
import type { Door } from '../../http/api.ts'
import type { AnswerQuestion } from '../answer-question.ts'
import { createDesk } from './desk.ts'
import { FirstFrame } from './first-frame.ts'
import { createGatekeeper, SUBPROTOCOL, type GatekeeperOptions, type Guest } from './gatekeeper.ts'
import type { Hub } from './hub.ts'
import { CLOSE, LIMITS } from './limits.ts'
import { refuseUpgrade, type Refusal } from './refusal.ts'
import { WsConnection } from './ws-connection.ts'

export interface WsDoorOptions extends GatekeeperOptions {
  /** Throws when the `Host` of a request is none of ours. */
  readonly checkHost: (host: string | undefined) => void
  /** Who sent a request, for counting alone; '' where addresses mean nothing. */
  readonly readAddress: (request: IncomingMessage) => string
  /** How many failed attempts an address has: `take` spends one, both tell how many ms until there is another. */
  readonly failures: { take(address: string): number; wait(address: string): number }
  readonly renderRefusal: (error: EcError) => Refusal
  readonly answer: AnswerQuestion
}

export interface WsDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, door: Door): void
}

/** Where WebSockets come in: who may not is told in HTTP, before there is a socket. */
export function createWsDoor(hub: Hub, options: WsDoorOptions): WsDoor {
  const { clock, log } = hub.host
  const { checkHost, readAddress, failures, renderRefusal } = options
  const gatekeeper = createGatekeeper(options)
  const desk = createDesk({ ...hub.host, verify: options.verify, answer: options.answer })
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compressing costs 60 us a message and 200 KB a client; events are small.
    perMessageDeflate: false,
    maxPayload: LIMITS.maxPayloadBytes,
    skipUTF8Validation: false,
    handleProtocols: offered => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  server.on('wsClientError', (error, socket) => {
    refuse(socket, new EcError('EC_USAGE', `no WebSocket handshake: ${error.message}`))
  })
  let waiting = 0

  async function admit(request: IncomingMessage, query: URLSearchParams, door: Door): Promise<Guest | null> {
    if (door !== 'socket') checkHost(request.headers.host)
    if (hub.isDraining) throw new EcError('EC_DRAINING', 'the agent is stopping')
    const address = readAddress(request)
    const guest = await counted(address, () => gatekeeper.identify(request, query, door))
    if (guest !== null) return guest
    // Nothing is shown yet; an address that has failed too often is not given a socket to try on.
    const waitMs = failures.wait(address)
    if (waitMs > 0) throw tooManyFailures(waitMs)
    if (waiting >= LIMITS.unauthenticatedSockets) {
      throw new EcError('EC_OVERLOADED', 'too many sockets have not said who they are', {
        hint: 'send the token with the upgrade request',
      })
    }
    return null
  }

  /**
   * Counts a failure against the address. Only failures meet the limit: people behind one address, or one tunnel, are
   * not locked out by a neighbour whose token has expired.
   */
  async function counted<T>(address: string, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (thrown) {
      const error = toEcError(thrown)
      if (error.status !== 401 && error.status !== 403) throw error
      const waitMs = failures.take(address)
      throw waitMs > 0 ? tooManyFailures(waitMs) : error
    }
  }

  function serve(ws: WebSocket, guest: Guest, cursor: StreamCursor | null | undefined, early: readonly string[]): void {
    const connection = new WsConnection(ws, clock, desk)
    const session = hub.open({ ...guest, cursor }, connection)
    if (session === null) return ws.close(CLOSE.tooManySockets, `at most ${LIMITS.socketsPerUser} connections a user`)
    connection.attach(session, early)
  }

  function awaitFirstFrame(ws: WebSocket, query: URLSearchParams, address: string): void {
    waiting += 1
    const first = new FirstFrame(ws, {
      wheel: hub.host.wheel,
      admit: async token => {
        const guest = await counted(address, () => gatekeeper.admit(token, query.get('user')))
        return early => serve(ws, guest, readCursor(query), early)
      },
      ended: () => {
        waiting -= 1
      },
    })
    first.listen()
  }

  function refuse(socket: Duplex, error: EcError): void {
    refuseUpgrade(socket, error, renderRefusal(error))
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, door: Door): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', 'http://ec')
      const query = url.searchParams
      if (url.pathname !== '/ws')
        throw new EcError('EC_NOT_FOUND', 'no WebSocket is served at this path', { hint: 'use /ws' })
      const guest = await admit(request, query, door)
      const address = readAddress(request)
      server.handleUpgrade(request, socket, head, ws => {
        ws.on('error', ignore)
        if (guest === null) awaitFirstFrame(ws, query, address)
        else serve(ws, guest, readCursor(query), [])
      })
    } catch (thrown) {
      const error = toEcError(thrown)
      if (error.code === 'EC_INTERNAL') log.error('a WebSocket could not be opened', { error: error.message })
      refuse(socket, error)
    }
  }

  return {
    upgrade(request, socket, head, door) {
      // Until `ws` takes the socket over, its errors are nobody's.
      socket.on('error', ignore)
      void upgrade(request, socket, head, door)
    },
  }
}

function readCursor(query: URLSearchParams): StreamCursor | null | undefined {
  const text = query.get('cursor')
  return text === null || text === '' ? null : (parseCursor(text) ?? undefined)
}

function tooManyFailures(retryAfterMs: number): EcError {
  return new EcError('EC_RATE_LIMITED', 'too many wrong tokens came from this address', { retryAfterMs })
}

/** An error of a connection is followed by its end, which is dealt with. */
function ignore(): void {}
