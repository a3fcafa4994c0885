import type { IncomingMessage } from 'node:http'

export interface Origins {
  /**
   * Whether a page of this origin may act for a person whose browser sends a cookie: our own pages, and those that the
   * operator named.
   */
  isAllowed(origin: string, request: IncomingMessage): boolean
  /** Whether the operator named it. */
  isNamed(origin: string): boolean
}

/** `named`: origins of the configuration. Everything is compared whole: scheme, host and port. */
export function createOrigins(
  named: readonly string[],
  publicUrl: () => string | null,
  schemeOf: (request: IncomingMessage) => 'http' | 'https',
): Origins {
  const known = new Set(named)

  /** The page that we served ourselves: the Host guard has let its name in already. */
  function isOwn(origin: URL, request: IncomingMessage): boolean {
    const host = request.headers.host?.toLowerCase()
    if (host === undefined || withPort(host, origin.protocol) !== withPort(origin.host, origin.protocol)) return false
    // A browser says so only of the very same origin, and no page can make it say so: it knows what a proxy hid from us.
    if (request.headers['sec-fetch-site'] === 'same-origin') return true
    return origin.protocol === `${schemeOf(request)}:`
  }

  return {
    isAllowed(origin, request) {
      if (known.has(origin)) return true
      const url = URL.canParse(origin) ? new URL(origin) : null
      // `null`, and whatever a browser would not send as an origin.
      if (url === null || url.origin !== origin) return false
      const ours = publicUrl()
      const home = ours === null ? null : new URL(ours)
      if (home !== null && home.origin === origin) return true
      // Under the public name only what the public URL says is ours: its other scheme may be anybody's.
      return home?.host !== url.host && isOwn(url, request)
    },
    isNamed: origin => known.has(origin),
  }
}

/** `Host` may say the port that goes without saying. */
function withPort(host: string, protocol: string): string {
  const implied = protocol === 'https:' ? ':443' : ':80'
  return host.endsWith(implied) ? host.slice(0, -implied.length) : host
}
