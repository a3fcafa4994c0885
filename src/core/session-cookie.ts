const PLAIN = 'ec_session'
/**
 * The browser keeps a cookie of this name only from https, for this very host and all of its paths, so no sibling
 * domain can set it (RFC 6265bis, section 4.1.3.2).
 */
const GUARDED = `__Host-${PLAIN}`
/** A session's secret as `identity/sessions.ts` makes it; whatever else stands there is not looked at. */
const SECRET = /^ecs_[A-Za-z0-9_-]{43}$/

export interface SessionCookie {
  readonly secret: string
  /** It came under the name that only https gives. */
  readonly isGuarded: boolean
}

/** The session in a `Cookie` header; null without one. Over https only the guarded name counts. */
export function readSessionCookie(header: string | undefined, isHttps: boolean): SessionCookie | null {
  if (header === undefined) return null
  const cookies = new Map<string, string>()
  for (const pair of header.split(';')) {
    const [name, value] = splitPair(pair)
    if (!cookies.has(name) && SECRET.test(value)) cookies.set(name, value)
  }
  const guarded = cookies.get(GUARDED)
  if (guarded !== undefined) return { secret: guarded, isGuarded: true }
  const plain = isHttps ? undefined : cookies.get(PLAIN)
  return plain === undefined ? null : { secret: plain, isGuarded: false }
}

/** A `Set-Cookie` that keeps the secret: no script reads it, and no other site's page makes the browser send it. */
export function writeSessionCookie({ secret, isGuarded }: SessionCookie, forMs: number): string {
  return setCookie(isGuarded ? GUARDED : PLAIN, secret, Math.max(0, Math.floor(forMs / 1000)))
}

/** What makes a browser forget each session cookie that it sent. */
export function clearSessionCookies(header: string | undefined): readonly string[] {
  const sent = new Set((header ?? '').split(';').map(pair => splitPair(pair)[0]))
  return [GUARDED, PLAIN].filter(name => sent.has(name)).map(name => setCookie(name, '', 0))
}

function setCookie(name: string, value: string, maxAgeS: number): string {
  const secure = name === GUARDED ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure}`
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  return at === -1 ? ['', pair.trim()] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}
