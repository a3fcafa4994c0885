import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import type { EcError } from '../../core/errors.ts'
import { declaredLength } from './body.ts'
import { problemHeaders, toProblem } from './problem.ts'

/** A body of this size is read to its end, so that the connection can be used again. */
const SMALL_BODY = 64 * 1024
/** How long and how much of a larger one is read and dropped, so that its sender sees the answer before the end. */
const LINGER_MS = 2_000
const LINGER_BYTES = 4 * 1024 * 1024

/**
 * Answers with a problem document, whether or not the body has been read. Closing at once with unread bytes would reset
 * the connection and could destroy the answer on its way (RFC 9112 section 9.6), so we linger for a moment.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, error: EcError, clock: Clock): void {
  if (response.destroyed) return
  if (response.headersSent) {
    response.destroy()
    return
  }
  const body = Buffer.from(JSON.stringify(toProblem(error)))
  const headers = { ...problemHeaders(error), 'content-length': String(body.length) }
  const length = declaredLength(request)
  const readable = request.complete || (length !== null && length <= SMALL_BODY && request.headers.expect === undefined)
  if (readable) {
    response.writeHead(error.status, headers).end(body)
    request.resume()
    return
  }
  response.writeHead(error.status, { ...headers, connection: 'close' }).write(body)
  linger(request, response, clock)
}

function linger(request: IncomingMessage, response: ServerResponse, clock: Clock): void {
  let left = LINGER_BYTES
  const timer = clock.setTimer(finish, LINGER_MS)
  request.on('data', drop).on('end', finish).on('close', finish).on('error', finish)

  function drop(chunk: Buffer): void {
    left -= chunk.length
    if (left < 0) finish()
  }

  function finish(): void {
    timer.cancel()
    request.off('data', drop)
    response.end()
  }
}
