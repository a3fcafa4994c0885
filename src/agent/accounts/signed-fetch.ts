import { EcError } from '../../core/errors.ts'
import { guardEndpoint } from './guard-endpoint.ts'
import type { TokenKeeper } from './token-keeper.ts'

export interface SignedFetchOptions {
  readonly send: typeof fetch
  readonly keeper: TokenKeeper
  readonly accountId: string
  /** Where tokens may go (`mayCarryToken`). */
  readonly hosts: readonly string[]
  readonly allowed: readonly string[]
  /** Of the whole work; a request's own stands beside it. */
  readonly signal: AbortSignal
}

/**
 * A `fetch` that is signed in as the account. A token that the service refuses is replaced, once. Redirects are not
 * followed: where one leads, the token has no business.
 */
export function createSignedFetch(options: SignedFetchOptions): typeof fetch {
  const { send, keeper, accountId, hosts, allowed } = options

  return async (input, init) => {
    const request = input instanceof Request ? input : null
    const url = new URL(request?.url ?? String(input))
    guardEndpoint(url, hosts, allowed)
    const body = init?.body ?? (request === null || request.body === null ? undefined : await request.text())
    const whole: RequestInit = {
      method: request?.method ?? 'GET',
      signal: request?.signal ?? options.signal,
      ...init,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
    }

    async function attempt(token: string): Promise<Response> {
      const headers = new Headers(init?.headers ?? request?.headers)
      headers.set('authorization', `Bearer ${token}`)
      return refuseRedirect(url, await send(url.href, { ...whole, headers }))
    }

    const token = await keeper.take(accountId)
    const response = await attempt(token)
    if (response.status !== 401 || !isRepeatable(body)) return response
    await response.body?.cancel()
    return attempt(await keeper.replace(accountId, token))
  }
}

function isRepeatable(body: unknown): boolean {
  return body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array
}

async function refuseRedirect(url: URL, response: Response): Promise<Response> {
  const to = response.headers.get('location')
  if (response.status < 300 || response.status >= 400 || to === null) return response
  await response.body?.cancel()
  const target = URL.canParse(to, url.href) ? new URL(to, url.href).origin : 'somewhere'
  throw new EcError('EC_ENDPOINT_FORBIDDEN', `${url.origin} sends us on to ${target}, where the token does not go`, {
    details: { origin: url.origin, target },
  })
}
