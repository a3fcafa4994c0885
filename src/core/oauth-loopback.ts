import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { EcError, toEcError } from './errors.ts'
import { isErrno } from './errno.ts'
import { readConsent } from './read-consent.ts'

/** Where the browser of a sign-in is led back to, on this machine (RFC 8252, 7.3). */
export interface Loopback {
  readonly redirectUri: string
  /** The code. `EC_CONSENT_REFUSED` when there is none. */
  readonly code: Promise<string>
  close(): void
}

export interface LoopbackOptions {
  /** What the answer has to bring along: whatever else comes is not believed. */
  readonly state: string
  /** Where a client may only be led to an address that was registered; else a free port of 127.0.0.1. */
  readonly registered?: URL | null
  readonly signal: AbortSignal
}

/** Listens on loopback alone, for one answer. `EC_PORT_BUSY` when a registered port is taken. */
export async function openLoopback({ state, registered = null, signal }: LoopbackOptions): Promise<Loopback> {
  const answer = makeAnswer()
  // Whoever waits hears of it; whoever closes before does not.
  answer.promise.catch(() => {})
  const path = registered?.pathname ?? '/'
  const server = createServer((request, response) => receive(request, response))
  server.listen(registered === null ? 0 : Number(registered.port || '80'), '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    if (!isErrno(cause, 'EADDRINUSE')) throw cause
    throw new EcError('EC_PORT_BUSY', `port ${registered?.port} is in use, and the OAuth client allows no other`, {
      hint: 'stop what uses it, or make an OAuth client of the type "Desktop app"',
      cause,
    })
  }
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const host = registered?.hostname ?? '127.0.0.1'
  const redirectUri = registered?.href ?? `http://${host}:${port}/`
  const stop = (): void => answer.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()

  return {
    redirectUri,
    code: answer.promise,
    close() {
      signal.removeEventListener('abort', stop)
      server.close()
      server.closeIdleConnections()
    },
  }

  function receive(request: IncomingMessage, response: ServerResponse): void {
    // A page of elsewhere may have its own name point here.
    const named = request.headers.host ?? ''
    const isOurs = named === `127.0.0.1:${port}` || named === `localhost:${port}`
    const url = isOurs ? new URL(request.url ?? '/', `http://${named}`) : null
    if (url === null || request.method !== 'GET' || url.pathname !== path) return show(response, 404, 'Not found.')
    try {
      const code = readConsent(url, state)
      if (code === null) return show(response, 400, 'This is not the answer that is waited for.')
      show(response, 200, 'You are signed in. You can close this tab and go back to the terminal.')
      answer.resolve(code)
    } catch (error) {
      show(response, 200, `${toEcError(error).message}. You can close this tab.`)
      answer.reject(error)
    }
  }
}

interface Answer {
  readonly promise: Promise<string>
  resolve(code: string): void
  reject(reason: unknown): void
}

function makeAnswer(): Answer {
  const ends: { yes?: (code: string) => void; no?: (reason: unknown) => void } = {}
  const promise = new Promise<string>((yes, no) => void Object.assign(ends, { yes, no }))
  return { promise, resolve: code => ends.yes?.(code), reject: reason => ends.no?.(reason) }
}

function show(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  })
  response.end(`${text}\n`)
}
