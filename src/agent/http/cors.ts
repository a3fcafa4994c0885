import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long a browser may remember what it may ask for: an origin that is named no more is not let in for long. */
const REMEMBER_S = 600

/**
 * Lets pages of origins that the operator named call the API, with a bearer token: never with a cookie, since no answer
 * here allows credentials. Whatever other page asks is told nothing of this, and its browser keeps the answer from it.
 * True when the request was a preflight, which is answered with that.
 */
export function shareAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  isNamed: (origin: string) => boolean,
): boolean {
  const { origin } = request.headers
  response.setHeader('vary', 'origin')
  if (origin === undefined || !isNamed(origin)) return false
  response.setHeader('access-control-allow-origin', origin)
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
    response.setHeader('access-control-expose-headers', 'retry-after')
    return false
  }
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': 'authorization, content-type, idempotency-key, last-event-id, x-ec-page',
    'access-control-max-age': String(REMEMBER_S),
  })
  response.end()
  return true
}
