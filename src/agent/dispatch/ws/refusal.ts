import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { EcError } from '../../../core/errors.ts'

/** An error as the HTTP doors tell it. */
export interface Refusal {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Answers an upgrade request with a refusal and ends the connection. */
export function refuseUpgrade(socket: Duplex, error: EcError, { headers, body }: Refusal): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const lines = Object.entries({
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  const status = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Refused'}\r\n`
  socket.once('finish', () => socket.destroy())
  socket.end(`${status}${lines.join('')}\r\n${body}`)
}
