import type { Endpoints } from '../../core/endpoints.ts'
import type { HttpDoor } from '../../core/http.ts'
import type { Resource } from '../../core/resource.ts'
import type { VerifyContext } from '../../providers/provider.ts'

export interface VerifyContextOptions {
  readonly network: Pick<HttpDoor, 'fetchFor'>
  readonly endpoints: Endpoints
  /** Without a slash at its end; null when none is set. */
  readonly publicUrl: () => string | null
}

/** What a receiver may use beside the request. Keys are fetched for nobody's account. */
export function createVerifyContext(options: VerifyContextOptions): (resource: Resource) => VerifyContext {
  const { network, endpoints, publicUrl } = options
  const fetches = new Map<string, typeof fetch>()

  return ({ provider, id }) => {
    const root = publicUrl()
    return {
      fetch: fetchOf(provider),
      endpoints,
      webhookUrl: root === null ? null : `${root}/webhooks/${provider}/${id}`,
    }
  }

  function fetchOf(provider: string): typeof fetch {
    const known = fetches.get(provider)
    if (known !== undefined) return known
    const made = network.fetchFor({ provider, account: '', operation: 'keys.get', cause: 'auth' })
    fetches.set(provider, made)
    return made
  }
}
