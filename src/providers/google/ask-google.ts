import type { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import { joinSignals } from '../../core/join-signals.ts'
import { senderNow } from '../../core/retry.ts'
import type { AccountContext } from '../provider.ts'
import { readGoogleError } from './google-error.ts'

/** One request to an API of Google's, in the words of its reference. */
export interface GoogleRequest {
  /** `events.list`; it stands in the ledger. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the host, with what is in it encoded. */
  readonly path: string
  /** Lists are repeated; null and undefined are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly body?: object
  /** Where the API lives; a base URL of the configuration takes its place. */
  readonly host?: string
  /** From the configuration; `google.base_url` unless the API has one of its own. */
  readonly baseUrl?: string | null
  /** Of one attempt, where the answer comes later than usual. */
  readonly deadlineMs?: number
}

type QueryValue = string | number | boolean | readonly string[] | null | undefined

/** Calendar's, and everything's that has no host of its own. */
const HOST = 'https://www.googleapis.com'
// Google compresses what it sends when the name of the client says so too.
// https://developers.google.com/workspace/calendar/api/guides/performance#gzip
const USER_AGENT = 'eventcenter (gzip)'

/**
 * Asks as the account and reads the answer by the schema; an answer without a body is read as null. Rejects with what
 * `readGoogleError` makes of a refusal, with `EC_PROVIDER` when nothing came that can be read, and with the signal's
 * reason when it aborts.
 */
export async function askGoogle<Answer>(
  ctx: AccountContext,
  request: GoogleRequest,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  const { operation, method, body } = request
  const { status, headers, text } = await send(ctx, request, {
    method,
    headers: {
      accept: 'application/json',
      'user-agent': USER_AGENT,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // The APIs redirect nowhere; whoever does is not Google, and gets no token.
    redirect: 'error',
  })
  if (status < 200 || status > 299) {
    const retryAfter = headers.get('retry-after')
    throw readGoogleError({ operation, status, retryAfter, body: text, now: senderNow(headers, ctx.clock.now()) })
  }
  const parsed = schema.safeParse(text === '' ? null : parse(text, operation))
  if (parsed.success) return parsed.data
  throw unreadable(operation, parsed.error)
}

/** The address of a request. The SDK of Google's drops the path of a base URL, and lets the environment choose the host. */
export function urlOf(request: GoogleRequest, googleBaseUrl: string | null): string {
  const base = (request.baseUrl ?? googleBaseUrl ?? request.host ?? HOST).replace(/\/+$/, '')
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value === null || value === undefined) continue
    for (const one of typeof value === 'object' ? value : [String(value)]) query.append(name, one)
  }
  const search = query.toString()
  return `${base}${request.path}${search === '' ? '' : `?${search}`}`
}

async function send(ctx: AccountContext, request: GoogleRequest, init: RequestInit) {
  const { operation, deadlineMs } = request
  // Its own for each request: the door listens to it until the answer is collected, and the context's may live for weeks.
  const { signal, release } = joinSignals([ctx.signal])
  try {
    const fetch = ctx.fetchFor(operation, deadlineMs === undefined ? {} : { deadlineMs })
    const response = await fetch(urlOf(request, ctx.endpoints.googleBaseUrl), { ...init, signal })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason
    if (error instanceof EcError) throw error
    throw new EcError('EC_PROVIDER', `google could not be reached for ${operation}`, {
      category: 'unreachable',
      status: 503,
      cause: error,
    })
  } finally {
    release()
  }
}

function parse(text: string, operation: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(operation, error)
  }
}

/** A proxy's page of its own, a body that was cut, or an API that has changed. */
function unreadable(operation: string, cause: unknown): EcError {
  return new EcError('EC_PROVIDER', `google's answer to ${operation} cannot be read`, {
    hint: 'if a proxy stands between, let it pass; else see `ec calls`',
    cause,
  })
}
