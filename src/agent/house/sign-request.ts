import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Resource } from '../../core/resource.ts'
import type { Provider } from '../../providers/provider.ts'
import type { ResourceApi } from '../http/api.ts'

export interface SignRequestOptions {
  readonly store: Pick<Store, 'getSecrets'>
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly clock: Clock
}

type Request = Parameters<ResourceApi['sign']>[1]

/** Signs a request for a resource in the agent, so that nobody who replays one has to be told the secret. */
export async function signRequest(
  { store, loadProvider, clock }: SignRequestOptions,
  resource: Resource,
  request: Request,
): ReturnType<ResourceApi['sign']> {
  const provider = await loadProvider(resource.provider)
  if (provider.sign === undefined) {
    throw new EcError('EC_PROVIDER', `ec cannot sign as ${provider.title} does`, {
      hint: 'send the request with the signature that it was recorded with',
    })
  }
  const secrets = await store.getSecrets(resource.id)
  const signed = await provider.sign({ ...request, remoteAddress: '' }, secrets, resource, clock.now())
  return { headers: signed.headers, body: signed.body ?? request.body }
}
