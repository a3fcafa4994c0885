/** Who this browser is signed in as. */
export type Answer =
  | { readonly kind: 'in'; readonly user: string; readonly lang: string | null }
  | { readonly kind: 'out' }
  /** The link has been used, has expired, or is none. */
  | { readonly kind: 'no-good' }
  | { readonly kind: 'unreachable' }

const PATH = '/api/session'
const DEADLINE_MS = 10_000

export function readSession(): Promise<Answer> {
  return ask('GET')
}

/** `link` is the secret of a sign-in link. */
export function signIn(link: string): Promise<Answer> {
  return ask('POST', { link })
}

export function signOut(): Promise<Answer> {
  return ask('DELETE')
}

async function ask(method: string, body?: object): Promise<Answer> {
  try {
    const response = await fetch(PATH, {
      method,
      // A page of another origin cannot send it, so the cookie alone does nothing there.
      headers: { 'x-ec-page': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    const { status } = response
    if (status === 204 || status === 401) return { kind: 'out' }
    if (status === 404 || status === 410) return { kind: 'no-good' }
    const { user, lang }: { user?: unknown; lang?: unknown } = response.ok ? await response.json() : {}
    if (typeof user !== 'string') return { kind: 'unreachable' }
    return { kind: 'in', user, lang: typeof lang === 'string' ? lang : null }
  } catch {
    return { kind: 'unreachable' }
  }
}
