import type { Clock } from '../../core/clock.ts'
import type { Endpoints } from '../../core/endpoints.ts'
import { EcError } from '../../core/errors.ts'
import type { HttpDoor } from '../../core/http.ts'
import type { Resource } from '../../core/resource.ts'
import type { VerifyContext } from '../../providers/provider.ts'

export interface VerifyContextOptions {
  readonly network: Pick<HttpDoor, 'fetchFor'>
  readonly endpoints: Endpoints
  readonly clock: Pick<Clock, 'setTimer'>
  /** Without a slash at its end; null when none is set. */
  readonly publicUrl: () => string | null
}

/** Retries included. The sender waits for its answer meanwhile; Pub/Sub gives up after 10 s unless it is told otherwise. */
const DEADLINE_MS = 5_000

/** What a receiver may use beside the request. Keys are fetched for nobody's account. */
export function createVerifyContext(options: VerifyContextOptions): (resource: Resource) => VerifyContext {
  const { network, endpoints, clock, publicUrl } = options
  const fetches = new Map<string, typeof fetch>()
  const contexts = new WeakMap<Resource, VerifyContext>()

  // Asked for with every webhook.
  return resource => {
    const known = contexts.get(resource)
    if (known !== undefined) return known
    const made = makeContext(resource)
    contexts.set(resource, made)
    return made
  }

  function makeContext({ provider, id }: Resource): VerifyContext {
    return {
      endpoints,
      get fetch() {
        return fetchOf(provider)
      },
      get webhookUrl() {
        const root = publicUrl()
        return root === null ? null : `${root}/webhooks/${provider}/${id}`
      },
    }
  }

  function fetchOf(provider: string): typeof fetch {
    const known = fetches.get(provider)
    if (known !== undefined) return known
    const send = network.fetchFor({ provider, account: '', operation: 'keys.get', cause: 'auth' })
    const made: typeof fetch = (input, init) => send(input, { ...init, signal: deadline(provider) })
    fetches.set(provider, made)
    return made
  }

  /** Covers the body of the answer too. */
  function deadline(provider: string): AbortSignal {
    const giveUp = new AbortController()
    const late = new EcError('EC_TIMEOUT', `the keys of ${provider} did not come within ${DEADLINE_MS} ms`)
    clock.setTimer(() => giveUp.abort(late), DEADLINE_MS)
    return giveUp.signal
  }
}
