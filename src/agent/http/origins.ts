import type { IncomingMessage } from 'node:http'

/**
 * Whether a page of this origin may act for a person whose browser sends a cookie: our own pages, and those that the
 * operator named.
 */
export function createOriginGuard(
  allowed: readonly string[],
  publicUrl: () => string | null,
): (origin: string, request: IncomingMessage) => boolean {
  const named = new Set(allowed.flatMap(text => originOf(text) ?? []))
  return function isAllowed(origin, request) {
    const asked = originOf(origin)
    if (asked === null) return false
    const ours = publicUrl()
    if (named.has(asked) || (ours !== null && originOf(ours) === asked)) return true
    // The page that we served ourselves: the Host guard has let its name in already.
    return request.headers.host !== undefined && new URL(asked).host === request.headers.host.toLowerCase()
  }
}

function originOf(text: string): string | null {
  return URL.canParse(text) ? new URL(text).origin : null
}
