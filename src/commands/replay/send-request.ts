import { request as requestHttp } from 'node:http'
import { EcError } from '../../core/errors.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { RawRequest } from '../../core/notification.ts'

/** For the whole exchange; the most that a provider waits. */
const TIMEOUT_MS = 30_000

/** What belongs to one connection and not to the message (RFC 9110, 7.6.1), and what the sending itself sets. */
const NOT_SENT = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The recorded headers that go out again. */
export function sentHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_SENT.has(name)))
}

/** Sends the raw bytes and gives the status of the answer. Redirects are not followed. Rejects when none comes. */
export async function sendRequest(url: URL, request: RawRequest, signal: AbortSignal): Promise<number> {
  const start = url.protocol === 'https:' ? (await import('node:https')).request : requestHttp
  const headers = { ...sentHeaders(request.headers), 'content-length': request.body.byteLength }
  const { signal: stop, release } = joinSignals([signal], TIMEOUT_MS)
  const status = new Promise<number>((resolve, reject) => {
    // A connection of its own: what comes next must not hang on a socket that the receiver has just closed.
    const outgoing = start(url, { method: request.method, headers, agent: false, signal: stop })
    outgoing.on('response', response => {
      response.on('error', reject)
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    })
    outgoing.on('error', error => {
      const late = stop.aborted && !signal.aborted
      reject(late ? new EcError('EC_PROVIDER', `no answer within ${TIMEOUT_MS / 1000} s`) : error)
    })
    outgoing.end(request.body)
  })
  return status.finally(release)
}
