import type { IncomingMessage, ServerResponse } from 'node:http'
import { EcError } from '../../core/errors.ts'
import {
  clearSessionCookies,
  readSessionCookie,
  writeSessionCookie,
  type SessionCookie,
} from '../../core/session-cookie.ts'
import type { Origins } from './origins.ts'

/** What is to be known of the browser that sends a request, and what it is told to keep. */
export interface Browsers {
  /** The secret of the session that it sent along; null without one. */
  sessionOf(request: IncomingMessage): string | null
  /**
   * Whether a cookie may speak in this request: it must be one of our own pages that asks. `EC_ORIGIN_NOT_ALLOWED`,
   * `EC_FORBIDDEN`.
   */
  checkPage(request: IncomingMessage): void
  /** Refuses the page of another origin; whatever is no page passes. `EC_ORIGIN_NOT_ALLOWED`. */
  checkOrigin(request: IncomingMessage): void
  /** Tells it to keep the secret of a new session in the place of what it has. */
  give(request: IncomingMessage, response: ServerResponse, secret: string, forMs: number): void
  /** Tells it to keep the session that it sent along for longer. */
  renew(request: IncomingMessage, response: ServerResponse, forMs: number): void
  forget(request: IncomingMessage, response: ServerResponse): void
}

/** A page of another origin cannot set it without asking us first (a preflight, which it is refused). */
const PAGE_HEADER = 'x-ec-page'

export function createBrowsers(options: {
  readonly origins: Origins
  readonly schemeOf: (request: IncomingMessage) => 'http' | 'https'
}): Browsers {
  const { origins, schemeOf } = options

  /** Behind a proxy that we do not know, the page itself still says how it came. */
  function isHttps(request: IncomingMessage): boolean {
    const { origin } = request.headers
    return (
      schemeOf(request) === 'https' || (origin?.startsWith('https:') === true && origins.isAllowed(origin, request))
    )
  }

  function checkOrigin(request: IncomingMessage): void {
    const { headers } = request
    const site = headers['sec-fetch-site']
    // `none`: a person who typed the address. A neighbour under the same domain (`same-site`) is a stranger too.
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign()
    if (headers.origin !== undefined && !origins.isAllowed(headers.origin, request)) throw foreign()
  }

  function read(request: IncomingMessage): SessionCookie | null {
    return readSessionCookie(request.headers.cookie, schemeOf(request) === 'https')
  }

  return {
    sessionOf: request => read(request)?.secret ?? null,
    checkOrigin,
    checkPage(request) {
      checkOrigin(request)
      if (request.method === 'GET' || request.method === 'HEAD') return
      if (request.headers.origin === undefined) throw foreign()
      if (request.headers[PAGE_HEADER] === '1') return
      throw new EcError('EC_FORBIDDEN', `with a cookie this takes the header ${PAGE_HEADER}: 1`, {
        hint: `send ${PAGE_HEADER}: 1, or a bearer token in the place of the cookie`,
      })
    },
    give(request, response, secret, forMs) {
      const cookie = writeSessionCookie({ secret, isGuarded: isHttps(request) }, forMs)
      // One that was left under the other name could stand in the way of the new one.
      response.setHeader('set-cookie', [...clearSessionCookies(request.headers.cookie), cookie])
    },
    renew(request, response, forMs) {
      const cookie = read(request)
      if (cookie !== null) response.setHeader('set-cookie', writeSessionCookie(cookie, forMs))
    },
    forget(request, response) {
      response.setHeader('set-cookie', [...clearSessionCookies(request.headers.cookie)])
    },
  }
}

function foreign(): EcError {
  return new EcError('EC_ORIGIN_NOT_ALLOWED', 'a cookie does not speak for a page of another origin', {
    hint: 'open the page of the agent itself, or call with a bearer token',
  })
}
