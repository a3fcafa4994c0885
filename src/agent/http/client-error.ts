import type { Duplex } from 'node:stream'
import { STATUS_CODES } from 'node:http'
import { EcError } from '../../core/errors.ts'
import { problemHeaders, toProblem } from './problem.ts'
import { responseOn } from './response-on.ts'

/** Answers what Node could not read as a request, unless an answer has already begun: then the connection just ends. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET' || responseOn(socket)?.headersSent === true) {
    socket.destroy()
    return
  }
  endWithProblem(socket, toEcError(error.code))
}

/** Writes a problem document as the last thing on a connection that has no response object. */
export function endWithProblem(socket: Duplex, error: EcError): void {
  const body = JSON.stringify(toProblem(error))
  const headers = { ...problemHeaders(error), 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', ignore)
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n${body}`, () => {
    socket.destroy()
  })
}

function toEcError(code: string | undefined): EcError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new EcError('EC_HEADERS_TOO_LARGE', 'the headers take too much room')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new EcError('EC_REQUEST_TIMEOUT', 'the request was not complete in time')
    default:
      return new EcError('EC_USAGE', 'this is not HTTP/1.1', { hint: 'send a well-formed HTTP/1.1 request' })
  }
}

/** The sender may be gone already. */
function ignore(): void {}
