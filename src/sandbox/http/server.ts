import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isLoopback } from '../../core/judge-endpoints.ts'
import type { Fault, FaultSubject } from '../faults/fault.ts'
import type { FaultBook } from '../faults/fault-book.ts'
import type { Holds } from '../faults/hold.ts'
import type { SandboxLog } from '../log.ts'
import { ApiError, errorBody, forbidden, notFound, type ErrorStyle } from './api-error.ts'
import { flatHeaders, readBody } from './read-request.ts'
import { createRouter, type Found } from './router.ts'
import type { Route, WireReply, WireRequest } from './wire.ts'

export interface SandboxServer {
  readonly url: string
  close(): Promise<void>
}

interface ServerParts {
  readonly port: number
  readonly routes: readonly Route[]
  readonly log: SandboxLog
  readonly faults: FaultBook
  readonly holds: Holds
  /** Whose token it is; '' when it is none. */
  readonly accountOf: (authorization: string | undefined) => string
  /** What time it is at the service, ms since 1970: its answers carry it as their Date. */
  readonly now: () => number
}

/** What is never answered is let go then, if the client has not gone before. */
const DROPPED_MS = 300_000

/** Listens on loopback alone, and does the faults that were ordered. Rejects as `listen` does. */
export async function openServer(parts: ServerParts): Promise<SandboxServer> {
  const { log, faults, holds, accountOf, now } = parts
  const find = createRouter(parts.routes)

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', 'http://sandbox')
    const method = message.method ?? 'GET'
    const found = isOwnHost(message.headers.host) ? find(method, url.pathname) : null
    const headers = flatHeaders(message.headers)
    const account = accountOf(headers['authorization'])
    // Its own doors are never broken: by them faults are cleared.
    const isControl = url.pathname.startsWith('/_sandbox')
    const subject = subjectOf(method, url.pathname, found, account)
    const fault = isControl ? null : faults.choose(subject)
    const close = isControl ? null : log.open(entryOf(message, subject, fault))
    const gone = new AbortController()
    response.once('close', () => gone.abort())

    const style = found?.route.style ?? 'calendar'
    const reply = await settle(style, async () => {
      const body = await readBody(message)
      if (found === null) throw isOwnHost(message.headers.host) ? notFound() : forbidden('not by this name')
      const { route, params } = found
      return perform(
        route,
        { method, path: url.pathname, query: url.searchParams, params, headers, body, signal: gone.signal },
        fault,
      )
    })
    const isSent = reply !== null && !response.destroyed
    close?.(isSent ? reply.status : 0)
    if (!isSent) response.destroy()
    else send(response, reply, new Date(now()).toUTCString())
    holds.pass(subject.operation)
    reply?.afterwards?.()
  }

  /** The reply, or null when none is to be sent. */
  async function perform(route: Route, request: WireRequest, fault: Fault | null): Promise<WireReply | null> {
    if (fault === null) return route.handle(request)
    switch (fault.kind) {
      case 'refuse':
        return null
      case 'drop':
        await holds.wait(DROPPED_MS, request.signal)
        return null
      case 'cut': {
        const { afterwards } = await route.handle(request)
        afterwards?.()
        return null
      }
      case 'status':
        throw ordered(fault)
      case 'delay':
        await holds.wait(fault.delay_ms, request.signal)
        return route.handle(request)
      case 'reorder':
        await holds.hold(route.operation, fault.delay_ms, request.signal)
        return route.handle(request)
      case 'duplicate': {
        const first = await settle(route.style, () => Promise.resolve(route.handle(request)))
        first?.afterwards?.()
        return route.handle(request)
      }
      default:
        return fault.kind satisfies never
    }
  }

  const server = createServer((message, response) => {
    serve(message, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(parts.port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : parts.port
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      return new Promise(resolve => void server.close(() => resolve()))
    },
  }
}

async function settle(style: ErrorStyle, work: () => Promise<WireReply | null>): Promise<WireReply | null> {
  try {
    return await work()
  } catch (error) {
    const known =
      error instanceof ApiError
        ? error
        : new ApiError(500, { reason: 'internalError', message: `Internal Error: ${String(error)}`, rpc: 'INTERNAL' })
    const { retryAfterS } = known.parts
    const headers: Record<string, string> = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
    return { status: known.status, headers, body: errorBody(known, style) }
  }
}

function send(response: ServerResponse, { status, headers = {}, body }: WireReply, date: string): void {
  if (body === undefined) {
    response.writeHead(status, { date, ...headers }).end()
    return
  }
  const isText = typeof body === 'string'
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=UTF-8'
  response.writeHead(status, { date, 'content-type': type, ...headers }).end(isText ? body : JSON.stringify(body))
}

/** A status that was ordered, with the reason that Google most likely gives. */
function ordered({ status, reason, retry_after }: Fault): ApiError {
  const wait = retry_after === null ? {} : { retryAfterS: retry_after }
  if (reason !== null) {
    const domain = /limit|quota/i.test(reason) ? 'usageLimits' : 'global'
    return new ApiError(status, { reason, message: reason, domain, rpc: 'UNAVAILABLE', ...wait })
  }
  if (status === 429) {
    const words = { reason: 'rateLimitExceeded', message: 'Rate Limit Exceeded', domain: 'usageLimits' }
    return new ApiError(429, { ...words, rpc: 'RESOURCE_EXHAUSTED', ...wait })
  }
  if (status >= 500)
    return new ApiError(status, { reason: 'backendError', message: 'Backend Error', rpc: 'UNAVAILABLE', ...wait })
  return new ApiError(status, { reason: 'forbidden', message: 'Forbidden', rpc: 'PERMISSION_DENIED', ...wait })
}

function subjectOf(method: string, path: string, found: Found | null, account: string): FaultSubject {
  const { calendar = '', subscription = '', project = '' } = found?.params ?? {}
  const name = subscription === '' ? '' : `projects/${project}/subscriptions/${subscription}`
  const operation = found?.route.operation ?? ''
  return { on: 'request', method, path, operation, calendar, channel: '', subscription: name, account }
}

function entryOf(message: IncomingMessage, subject: FaultSubject, fault: Fault | null) {
  const { method, operation, account: who } = subject
  const target = message.url ?? '/'
  return { kind: 'request', method, target, operation, who, attempt: 1, fault: fault?.kind ?? null } as const
}

/** A page of elsewhere that has a name of its own point here must not reach the doors. */
function isOwnHost(host: string | undefined): boolean {
  const url = `http://${host ?? ''}`
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}
