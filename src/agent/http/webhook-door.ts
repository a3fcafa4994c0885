import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import type { Admission, WebhookAnswer, WebhookApi } from './api.ts'
import { declaredLength, readBody } from './body.ts'
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

export type HandleRequest = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Provider ids that stand behind the older paths `/webhook/...`. */
export const OLDER_WEBHOOK_PATHS: Readonly<Record<string, string>> = {
  'cal.com': 'calcom',
  gmail: 'gmail',
  calendar: 'google-calendar',
  'google-calendar': 'google-calendar',
}

/** True for the paths that `createWebhookDoor` answers. */
export function isWebhookPath(path: string): boolean {
  return path.startsWith('/webhooks/') || path.startsWith('/webhook/')
}

/**
 * The hot path: no framework, and nothing is read, parsed or kept of a request before its resource is known. Answers
 * once what came is durable.
 */
export function createWebhookDoor(options: WebhookDoorOptions): HandleRequest {
  const { webhooks, account, readAddress, clock, log, meter } = options

  return async function handleWebhook(request, response) {
    try {
      const admission = await admit(request)
      const answer = await receive(admission, request, response)
      if (answer !== null && !response.destroyed) send(response, answer)
    } catch (thrown) {
      const error = toEcError(thrown)
      if (error.code === 'EC_INTERNAL') log.error('a webhook request failed', { error: error.message })
      meter.counter('ec_http_refused_total', { code: error.code }).add()
      refuse(request, response, error, clock)
    }
  }

  async function admit(request: IncomingMessage): Promise<Admission> {
    if (request.method !== 'POST') {
      throw new EcError('EC_METHOD_NOT_ALLOWED', 'webhooks come by POST', { details: { allow: ['POST'] } })
    }
    const [, root, first = '', second, ...rest] = pathOf(request).split('/')
    if (root === 'webhooks' && second !== undefined && rest.length === 0) {
      return await webhooks.admit(first, second, readAddress(request))
    }
    const provider = root === 'webhook' && second === undefined ? OLDER_WEBHOOK_PATHS[first] : undefined
    const admission = provider === undefined ? null : await webhooks.admitByPath(provider, readAddress(request))
    if (admission !== null) return admission
    throw new EcError('EC_NOT_FOUND', 'a webhook URL looks like /webhooks/PROVIDER/RESOURCE', {
      hint: 'copy the URL from `ec resources list` into the provider',
    })
  }

  async function receive(
    admission: Admission,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<WebhookAnswer | null> {
    const headers = plainHeaders(request)
    const expected = declaredLength(request) ?? 0
    if (headers['expect'] !== undefined && expected <= admission.maxBodyBytes) response.writeContinue()
    const body = await readBody(request, admission.maxBodyBytes, account)
    if (body === null) return null
    try {
      return await admission.receive({
        method: 'POST',
        url: request.url ?? '/',
        headers,
        body: body.bytes,
        remoteAddress: readAddress(request),
      })
    } finally {
      body.release()
    }
  }
}

function send(response: ServerResponse, answer: WebhookAnswer): void {
  response.statusCode = answer.status
  for (const name in answer.headers) response.setHeader(name, answer.headers[name] ?? '')
  response.end(answer.body)
}

/** The path without its query, as it came: a resource's URL holds nothing that needs decoding. */
function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
