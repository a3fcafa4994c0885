import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import type { Admission, WebhookAnswer, WebhookApi } from './api.ts'
import { declaredLength, readBody, type Body } from './body.ts'
import { plainHeaders } from './headers.ts'
import type { MemoryAccount } from './memory-account.ts'
import { refuse } from './refuse.ts'

export interface WebhookDoorOptions {
  readonly webhooks: WebhookApi
  readonly account: MemoryAccount
  readonly readAddress: (request: IncomingMessage) => string
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
}

/** `path` is the URL's path as it came, without the query. */
export type HandleWebhook = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>

/** Provider ids that stand behind the older paths, which name no resource. */
const OLDER_WEBHOOK_PATHS: Readonly<Record<string, string>> = {
  '/webhook/cal.com': 'calcom',
  '/webhook/gmail': 'gmail',
  '/webhook/calendar': 'google-calendar',
  '/webhook/google-calendar': 'google-calendar',
}

/** True for the paths that `createWebhookDoor` answers. */
export function isWebhookPath(path: string): boolean {
  return path.startsWith(ROOT) || (path.startsWith('/webhook/') && !isOlderPath(path))
}

/** True for what the operator asks under `/webhook/`, by the names of the system before this one. */
export function isOlderPath(path: string): boolean {
  return /^\/webhook\/(setup|unsubscribe|status|task-status)\/[^/]/.test(path)
}

/**
 * The hot path: no framework, and nothing is read, parsed or kept of a request before its resource is known. Answers
 * once what came is durable.
 */
export function createWebhookDoor(options: WebhookDoorOptions): HandleWebhook {
  const { webhooks, account, readAddress, clock, log, meter } = options

  return async function handleWebhook(request, response, path) {
    let body: Body | null = null
    try {
      const remoteAddress = readAddress(request)
      const admission = await admit(request.method, path, remoteAddress)
      const headers = plainHeaders(request)
      if (headers['expect'] !== undefined) sayContinue(request, response, admission.maxBodyBytes)
      body = await readBody(request, admission.maxBodyBytes, account)
      if (body === null) return
      const { url = path } = request
      const answer = await admission.receive({ method: 'POST', url, headers, body: body.bytes, remoteAddress })
      if (!response.destroyed) send(response, answer)
    } catch (thrown) {
      fail(thrown, request, response)
    } finally {
      body?.release()
    }
  }

  function admit(method: string | undefined, path: string, remoteAddress: string): Promise<Admission> {
    if (method !== 'POST') {
      throw new EcError('EC_METHOD_NOT_ALLOWED', 'webhooks come by POST', { details: { allow: ['POST'] } })
    }
    if (!path.startsWith(ROOT)) return admitOlder(path, remoteAddress)
    const slash = path.indexOf('/', ROOT.length)
    if (slash === -1) throw unknownPath()
    const provider = path.slice(ROOT.length, slash)
    const below = path.indexOf('/', slash + 1)
    if (below === -1) return webhooks.admit(provider, path.slice(slash + 1), null, remoteAddress)
    return webhooks.admit(provider, path.slice(slash + 1, below), path.slice(below + 1), remoteAddress)
  }

  async function admitOlder(path: string, remoteAddress: string): Promise<Admission> {
    const provider = OLDER_WEBHOOK_PATHS[path]
    const admission = provider === undefined ? null : await webhooks.admitByPath(provider, remoteAddress)
    if (admission === null) throw unknownPath()
    return admission
  }

  function fail(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
    const error = toEcError(thrown)
    if (error.code === 'EC_INTERNAL') log.error('a webhook request failed', { error: error.message })
    meter.counter('ec_http_refused_total', { part: 'webhooks', code: error.code }).add()
    refuse(request, response, error, clock)
  }
}

const ROOT = '/webhooks/'

/** A sender that asked first hears "continue" only when the length it declared would be taken. */
function sayContinue(request: IncomingMessage, response: ServerResponse, maxBodyBytes: number): void {
  if ((declaredLength(request) ?? 0) <= maxBodyBytes) response.writeContinue()
}

function unknownPath(): EcError {
  return new EcError('EC_NOT_FOUND', 'a webhook URL looks like /webhooks/PROVIDER/RESOURCE', {
    hint: 'copy the URL from `ec resources list` into the provider',
  })
}

function send(response: ServerResponse, answer: WebhookAnswer): void {
  response.statusCode = answer.status
  for (const name in answer.headers) response.setHeader(name, answer.headers[name] ?? '')
  response.end(answer.body)
}
