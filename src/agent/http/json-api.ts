import type { IncomingMessage, ServerResponse } from 'node:http'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Clock } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Ids } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import { nearest } from '../../core/nearest.ts'
import type { Api, Door } from './api.ts'
import { checkCaller, type Auth, type Identified } from './auth.ts'
import type { Browsers } from './browsers.ts'
import { createJsonReader } from './json-reader.ts'
import type { HttpLimits } from './limits.ts'
import type { MemoryAccount } from './memory-account.ts'
import { describeApi } from './openapi.ts'
import { refuse } from './refuse.ts'
import type { Reply, Route } from './route.ts'
import { ROUTES } from './routes/index.ts'

export interface JsonApiOptions {
  readonly api: Api
  readonly auth: Auth
  readonly browsers: Browsers
  readonly account: MemoryAccount
  readonly limits: HttpLimits
  /** Of ec, for the OpenAPI document. */
  readonly version: string
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly meter: Meter
}

export interface JsonApi {
  handle(request: IncomingMessage, response: ServerResponse, door: Door): void
  close(): Promise<void>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    ec?: Route
  }
}

/** The routes of the table on one fastify instance; it has no server of its own, the doors hand requests in. */
export async function createJsonApi(options: JsonApiOptions): Promise<JsonApi> {
  const { api, auth, browsers, account, limits, version, clock, ids, log, meter } = options
  const doors = new WeakMap<IncomingMessage, Door>()
  const callers = new WeakMap<IncomingMessage, Identified>()
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    // An event's id takes up to 128 characters, each of which may come as `%2F`.
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => fail(error, request, reply),
  })
  app.removeAllContentTypeParsers()
  const reader = createJsonReader({ account, limits })
  app.addContentTypeParser('application/json', reader.json)
  app.addContentTypeParser('text/plain', reader.text)
  app.addContentTypeParser(['application/x-ndjson', 'application/ndjson'], reader.ndjson)
  app.addContentTypeParser(['application/x-www-form-urlencoded', 'multipart/form-data'], reader.form)
  app.addHook('onRequest', identify)
  app.setErrorHandler(fail)
  app.setNotFoundHandler(request => {
    throw unknownPath(request.method, request.raw.url ?? '/')
  })
  for (const route of ROUTES) register(app, route)
  let document: unknown
  const describe = () => (document ??= describeApi(ROUTES, version))
  await app.ready()

  return {
    handle(request, response, door) {
      doors.set(request, door)
      // However it ends: fastify's own hook does not hear of a sender that went away.
      response.once('close', () => reader.release(request))
      app.routing(request, response)
    },
    close: () => app.close(),
  }

  function register(instance: FastifyInstance, route: Route): void {
    instance.route({
      // A stream has no HEAD: there is no head without the stream.
      method: route.method === 'GET' && route.reply.type !== 'text/event-stream' ? ['GET', 'HEAD'] : route.method,
      url: route.path,
      config: { ec: route },
      handler: (request, reply) => answer(route, request, reply),
    })
  }

  /** Before the body is read: whoever may not speak costs no memory. */
  async function identify(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const route = request.routeOptions.config.ec
    if (route === undefined) return
    await admit(route, request, reply.raw)
    if (request.headers.expect !== undefined) reply.raw.writeContinue()
  }

  async function admit(route: Route, request: FastifyRequest, response: ServerResponse): Promise<void> {
    const door = doorOf(request)
    if (route.door !== undefined && route.door !== door) {
      throw new EcError('EC_FORBIDDEN', 'this works on the machine of the agent alone', {
        hint: 'run the `ec` command there, as the user who runs the agent',
      })
    }
    if (route.allow === 'open') {
      if (request.headers.authorization === undefined && door !== 'socket') return
      const known = await auth.identify(request.raw, door, false).catch(() => null)
      if (known !== null) callers.set(request.raw, known)
      return
    }
    const caller = await auth.identify(request.raw, door, takesCookie(route))
    checkCaller(caller.principal, route.allow)
    callers.set(request.raw, caller)
    const { expiresAt, extended } = caller
    if (extended === true && expiresAt !== null) browsers.renew(request.raw, response, expiresAt - clock.now())
  }

  async function answer(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const caller = callers.get(request.raw)
    const result = await route.run({
      api,
      browsers,
      door: doorOf(request),
      principal: caller?.principal ?? null,
      until: caller?.expiresAt ?? null,
      login: caller?.login ?? null,
      counted: attempt => auth.counted(request.raw, attempt),
      params: readParams(request.params),
      rawQuery: request.query,
      rawBody: request.body,
      now: clock.now(),
      limits,
      describe,
      request: request.raw,
      response: reply.raw,
    })
    return send(route, result, reply)
  }

  function send(route: Route, result: Reply, reply: FastifyReply): FastifyReply {
    if (result.hijacked === true) return reply.hijack()
    const status = result.status ?? route.reply.status
    count(route.method, route.path, status)
    reply.code(status)
    if (result.headers !== undefined) reply.headers(result.headers)
    if (result.body === undefined) return reply.send()
    if (reply.getHeader('content-type') !== undefined) return reply.send(result.body)
    const body = Buffer.isBuffer(result.body) ? result.body : JSON.stringify(result.body)
    return reply.type('application/json; charset=utf-8').send(body)
  }

  /** One place renders every refusal, whether fastify, a route or what stands behind it has thrown. */
  function fail(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = translate(thrown)
    const requestId = error.code === 'EC_INTERNAL' ? ids.uuid() : undefined
    if (requestId !== undefined) log.error('a request failed', { request: requestId, error: error.message })
    count(request.method, request.routeOptions?.config?.ec?.path ?? 'none', error.status)
    reply.hijack()
    refuse(request.raw, reply.raw, requestId === undefined ? error : withRequestId(error, requestId), clock)
  }

  function count(method: string, route: string, status: number): void {
    meter.counter('ec_http_requests_total', { method, route, status: String(status) }).add()
  }

  function doorOf(request: FastifyRequest): Door {
    return doors.get(request.raw) ?? 'public'
  }
}

/** What a page of another site can send without asking first is never taken for the person's own wish. */
function takesCookie(route: Route): boolean {
  return route.form !== true && route.plainText !== true
}

function withRequestId(error: EcError, requestId: string): EcError {
  return new EcError(error.code, error.message, { details: { request_id: requestId }, cause: error })
}

/** fastify's own refusals in our words. */
function translate(thrown: unknown): EcError {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return new EcError('EC_MEDIA_TYPE', 'the content-type is missing or none that this path takes')
    case 'FST_ERR_BAD_URL':
      return new EcError('EC_USAGE', 'the path is not a valid URL', { hint: 'encode special characters as %XX' })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new EcError('EC_NOT_FOUND', 'no id is that long')
    default:
      return toEcError(thrown)
  }
}

function unknownPath(method: string, url: string): EcError {
  const path = url.split('?', 1)[0] ?? '/'
  const allow = ROUTES.filter(route => matches(route.path, path)).map(route => route.method)
  if (allow.length > 0) {
    return new EcError('EC_METHOD_NOT_ALLOWED', `${method} is none of ${allow.join(', ')}`, { details: { allow } })
  }
  const guess = path.length > 100 ? null : nearest(path, [...new Set(ROUTES.map(route => route.path))])
  return new EcError('EC_NOT_FOUND', 'there is nothing at this path', {
    hint: guess === null ? 'GET /openapi.json lists the paths' : `did you mean ${guess}?`,
  })
}

function matches(pattern: string, path: string): boolean {
  const [want, have] = [pattern.split('/'), path.split('/')]
  return want.length === have.length && want.every((part, i) => part.startsWith(':') || part === have[i])
}

function readParams(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {}
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
}
