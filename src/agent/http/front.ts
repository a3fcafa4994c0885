import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../core/clock.ts'
import type { Exposable } from '../../core/config.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import type { Door, StreamApi } from './api.ts'
import { endWithProblem } from './client-error.ts'
import { shareAnswer } from './cors.ts'
import type { JsonApi } from './json-api.ts'
import { refuse } from './refuse.ts'
import { isOlderPath, isWebhookPath, type HandleWebhook } from './webhook-door.ts'

export interface FrontOptions {
  readonly handleWebhook: HandleWebhook
  readonly jsonApi: JsonApi
  readonly stream: StreamApi
  readonly checkHost: (host: string | undefined) => void
  /** Whether pages of this origin may call the API from where they are. */
  readonly isNamedOrigin: (origin: string) => boolean
  /** What the public door shows. */
  readonly expose: readonly Exposable[]
  readonly isDraining: () => boolean
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
}

export interface Front {
  onRequest(request: IncomingMessage, response: ServerResponse, door: Door): void
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, door: Door): void
}

/** The first look at a request: which part of the house it is for, and whether this door leads there. */
export function createFront(options: FrontOptions): Front {
  const { handleWebhook, jsonApi, stream, checkHost, isNamedOrigin, isDraining, clock, log, meter } = options
  const shown = new Set<Part>(['webhooks', 'health', ...options.expose])

  return {
    onRequest(request, response, door) {
      const path = pathOf(request)
      const part = partOf(path)
      if (part === 'webhooks') {
        void handleWebhook(request, response, path)
        return
      }
      response.setHeader('x-content-type-options', 'nosniff')
      if (part !== 'pages') response.setHeader('cache-control', 'no-store')
      try {
        checkDoor(request, part, door)
        if (path === '/ws') {
          response.setHeader('upgrade', 'websocket')
          throw new EcError('EC_USAGE', 'this path speaks WebSocket', {
            status: 426,
            hint: 'open it with a WebSocket client; GET /api/events/stream says the same in plain HTTP',
          })
        }
      } catch (thrown) {
        const error = toEcError(thrown)
        meter.counter('ec_http_refused_total', { part, code: error.code }).add()
        refuse(request, response, error, clock)
        return
      }
      if (path.startsWith('/api/') && shareAnswer(request, response, isNamedOrigin)) return
      jsonApi.handle(request, response, door)
    },

    onUpgrade(request, socket, head, door) {
      try {
        checkUpgrade(request, door)
        stream.upgrade(request, socket, head, door)
      } catch (thrown) {
        const error = toEcError(thrown)
        if (error.code === 'EC_INTERNAL') log.error('an upgrade failed', { error: error.message })
        const part = partOf(pathOf(request))
        meter.counter('ec_http_refused_total', { part, code: error.code }).add()
        endWithProblem(socket, error)
      }
    },
  }

  function checkDoor(request: IncomingMessage, part: Part, door: Door): void {
    if (door === 'public' && !shown.has(part)) throw new EcError('EC_NOT_FOUND', 'there is nothing at this path')
    // Webhooks and health come under any name: proxies and load balancers ask by address.
    if (door !== 'socket' && part !== 'health') checkHost(request.headers.host)
  }

  function checkUpgrade(request: IncomingMessage, door: Door): void {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      throw new EcError('EC_USAGE', 'only WebSocket is spoken beside HTTP/1.1', {
        hint: 'send the request without the Upgrade header',
      })
    }
    checkDoor(request, partOf(pathOf(request)), door)
    if (pathOf(request) !== '/ws') {
      throw new EcError('EC_NOT_FOUND', 'the WebSocket is at /ws', { hint: 'connect to /ws' })
    }
    if (isDraining()) throw new EcError('EC_DRAINING', 'the agent is stopping')
  }
}

type Part = 'webhooks' | 'health' | 'private' | Exposable

function partOf(path: string): Part {
  if (isWebhookPath(path)) return 'webhooks'
  if (isOlderPath(path)) return 'private'
  switch (path) {
    case '/health':
      return 'health'
    case '/ws':
    case '/api/ws/ticket':
    case '/api/events/stream':
      return 'ws'
    case '/events':
    case '/openapi.json':
      return 'api'
    case '/metrics':
      return 'private'
    default:
      if (path.startsWith('/api/')) return 'api'
      if (/^\/health\/[A-Za-z0-9_-]{1,64}$/.test(path)) return 'health'
      // The router decodes and cuts where we do not: `/%61pi` must not pass for a page.
      return /[%#;]/.test(path) ? 'private' : 'pages'
  }
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}
